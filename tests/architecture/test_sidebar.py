"""What the admin holds is found by its sidebar; work that waits is nowhere else to be seen."""

from django.conf import settings
from django.contrib import admin
from django.urls import reverse

ON_ANOTHER_PAGE = {"commerce.variant"}  # the product's own page


def test_every_list_of_the_admin_is_in_the_sidebar() -> None:
    groups = settings.UNFOLD["SIDEBAR"]["navigation"]
    linked = {str(item["link"]).partition("?")[0] for group in groups for item in group["items"]}
    names = {(model._meta.app_label, model._meta.model_name) for model in admin.site._registry}
    lost = {
        f"{app}.{name}"
        for app, name in names
        if reverse(f"admin:{app}_{name}_changelist") not in linked
    }
    assert lost == ON_ANOTHER_PAGE
