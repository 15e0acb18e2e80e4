"""categories/, categories/{id}/ and categories/order/."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.category_rows import CATEGORIES, NEIGHBOURS
from commerce.models import Category
from commerce.services.catalogue.categories import (
    change_category,
    order_siblings,
    place_category,
    remove_category,
)
from core.api.fields import Input, SlugTextField, TextField
from core.api.lists import DetailView, ListView
from core.api.schema.shapes import shape_of_rows
from core.api.views import ApiView

MOST_SIBLINGS = 500


class CategoryChange(Input):
    """Fields of a category; those not given stay. Another parent moves the whole branch."""

    name = TextField(max_length=120, required=False)
    slug = SlugTextField(max_length=100, required=False)
    parent = serializers.PrimaryKeyRelatedField(  # type: ignore[assignment]  # DRF's own name
        queryset=Category.objects.all(), required=False, allow_null=True
    )


class CategoryInput(CategoryChange):
    """A new category, last among its siblings."""

    name = TextField(max_length=120)
    slug = SlugTextField(max_length=100)


class SiblingsOrderInput(Input):
    """The children of a category (null: the roots) in their new order; those left out stay
    behind them."""

    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]  # DRF's own name
    order = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=MOST_SIBLINGS
    )


class CategoriesView(ListView):
    """The tree, in the order of its paths. `?parent=` and `ordering=position` give siblings as
    staff put them."""

    public = {"GET"}
    scopes = {"POST": "catalogue:write"}
    input = {"POST": CategoryInput}
    rows = CATEGORIES
    multilingual = True
    filters = {"parent": "parent_id", "slug": "slug", "path": "path"}
    ordering = ("path", "name", "position")
    default_ordering = "path"
    search = ("name",)
    max_limit = 1000

    def queryset_for(self, request: Request) -> QuerySet[Category]:
        """All."""
        return Category.objects.all()

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a category under its parent."""
        category = place_category(Category(**self.valid()))
        row = CATEGORIES.one(Category.objects.filter(pk=category.pk))
        return Response(row, status=status.HTTP_201_CREATED)


class CategoryView(DetailView):
    """One category."""

    public = {"GET"}
    scopes = {"PATCH": "catalogue:write", "DELETE": "catalogue:write"}
    input = {"PATCH": CategoryChange}
    rows = CATEGORIES
    multilingual = True

    def queryset_for(self, request: Request) -> QuerySet[Category]:
        """All."""
        return Category.objects.all()

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Rename it, or move it with all below."""
        change_category(category_id=kwargs["id"], changes=self.valid())
        return Response(self.one(self.object_query()))

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take an empty one away."""
        remove_category(category_id=kwargs["id"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class CategoryOrderView(ApiView):
    """The order of the children of one category, or of the roots."""

    scopes = {"PUT": "catalogue:write"}
    input = {"PUT": SiblingsOrderInput}
    output = {"PUT": {"type": "array", "items": shape_of_rows(NEIGHBOURS, Category)}}

    def put(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put them in order, and show them so."""
        given = self.valid()
        order_siblings(parent_id=given["parent"], ids=given["order"])
        children = Category.objects.filter(parent_id=given["parent"])
        return Response(NEIGHBOURS.all(children.order_by("position", "name")))
