"""What the admin offers to a role is what the database lets it read: else the page is a 500."""

import pytest
from django.contrib import admin
from django.db import connection

from accounts.enums import STAFF_GROUPS
from accounts.roles import is_granted


@pytest.mark.django_db
@pytest.mark.parametrize("group", STAFF_GROUPS)
def test_a_list_that_is_offered_can_be_read(group: str) -> None:
    offered = [
        model._meta
        for model in admin.site._registry
        if is_granted(group, f"{model._meta.app_label}.view_{model._meta.model_name}")
    ]
    assert len(offered) > 10
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t FROM unnest(%s::text[]) t "
            "WHERE NOT has_any_column_privilege(%s, t, 'SELECT')",
            [[meta.db_table for meta in offered], f"tw_{group}"],
        )
        assert [row[0] for row in cursor.fetchall()] == []
