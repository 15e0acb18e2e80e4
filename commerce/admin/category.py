"""The tree of categories."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from commerce.models import Category
from commerce.services.catalogue import check_place, place_category
from core.errors import Invalid


class CategoryForm(forms.ModelForm):
    """Refuses a place in itself before the service does."""

    def clean(self) -> dict[str, Any] | None:
        """Try the new place."""
        cleaned = super().clean()
        if not self.errors:
            try:
                check_place(self.instance, parent=self.cleaned_data.get("parent"))
            except Invalid as refusal:
                raise forms.ValidationError({"parent": refusal.message}) from None
        return cleaned


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    """Listed as the tree; moving one moves all below it."""

    form = CategoryForm
    list_display = ["indented", "path"]
    search_fields = ["name__icontains", "path__startswith"]
    ordering = ["path"]
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["name"]}
    fields = ["name", "slug", "parent"]

    @display(description="Name", ordering="path")
    def indented(self, category: Category) -> str:
        """Its name under that of its parent."""
        return "— " * category.path.count("/") + category.name

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """The service keeps the paths."""
        place_category(obj)
