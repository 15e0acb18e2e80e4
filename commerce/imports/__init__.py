"""Bringing another shop's history in: one file a format, one runner for all."""

from commerce.imports.online_retail import OnlineRetail
from commerce.imports.records import Format

FORMATS: dict[str, Format] = {OnlineRetail.name: OnlineRetail()}
