"""Settings of the plain product list: those of the other plain baseline, at its own addresses."""

from benchmarks.plain_settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.plain_products"
