"""Custom fields of products, without a database: what a field is, whether a value fits, how a
filter is read. Services that ask the database: commerce/services/custom_fields."""

from commerce.custom_fields.field import Field, Misfit
from commerce.custom_fields.values import merged, missing_in, strays_in

__all__ = ["Field", "Misfit", "merged", "missing_in", "strays_in"]
