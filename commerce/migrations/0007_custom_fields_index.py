"""Equality of custom fields has an index; added beside running sales."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("commerce", "0006_vendors_tree_fields")]

    operations = [
        AddIndexConcurrently(
            model_name="product",
            index=GinIndex(
                fields=["custom_fields"],
                name="commerce_product_custom",
                opclasses=["jsonb_path_ops"],
            ),
        ),
        AddConstraintNotValid(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(custom_fields__contains={}),
                name="commerce_product_custom_fields_is_object",
            ),
        ),
        ValidateConstraint(model_name="product", name="commerce_product_custom_fields_is_object"),
    ]
