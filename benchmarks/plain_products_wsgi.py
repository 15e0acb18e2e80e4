"""The baseline of the product list (plain_products.py), as a server loads it."""

from benchmarks.with_django import served

application = served("benchmarks.plain_products_settings")
