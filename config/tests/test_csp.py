"""Where scripts may come from."""

import pytest
from django.test import Client

POLICY = "Content-Security-Policy"


@pytest.mark.django_db
def test_the_looser_policy_ends_at_the_admins_door() -> None:
    assert "'unsafe-eval'" in Client().get("/admin/login/")[POLICY]
    for path in ("/health/live/", "/accounts/login/", "/api/v1/docs/"):
        policy = Client().get(path)[POLICY]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
