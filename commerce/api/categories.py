"""categories/."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.catalogue_rows import CATEGORIES
from commerce.models import Category
from commerce.services.catalogue import place_category
from core.api.fields import Input, SlugTextField, TextField
from core.api.lists import DetailView, ListView


class CategoryInput(Input):
    """A new category."""

    name = TextField(max_length=120)
    slug = SlugTextField(max_length=100)
    parent = serializers.PrimaryKeyRelatedField(  # type: ignore[assignment]  # DRF's own name
        queryset=Category.objects.all(), required=False, allow_null=True, default=None
    )


class CategoriesView(ListView):
    """The tree, in the order of its paths."""

    public = {"GET"}
    scopes = {"POST": "catalogue:write"}
    input = {"POST": CategoryInput}
    rows = CATEGORIES
    filters = {"parent": "parent_id", "slug": "slug", "path": "path"}
    ordering = ("path", "name")
    default_ordering = "path"
    search = ("name",)
    max_limit = 1000

    def queryset_for(self, request: Request) -> QuerySet[Category]:
        """All."""
        return Category.objects.all()

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a category under its parent."""
        with transaction.atomic():
            category = place_category(Category(**self.valid()))
        row = CATEGORIES.one(Category.objects.filter(pk=category.pk))
        return Response(row, status=status.HTTP_201_CREATED)


class CategoryView(DetailView):
    """One category."""

    public = {"GET"}
    rows = CATEGORIES

    def queryset_for(self, request: Request) -> QuerySet[Category]:
        """All."""
        return Category.objects.all()
