"""The tree of categories: indented, counted, put in order by dragging."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from commerce.admin.field_definition import DefinitionInline, save_definitions, shown_above
from commerce.admin.words import option_words, read_words
from commerce.models import Category, Product
from commerce.services.catalogue.categories import check_place, place_category
from commerce.services.catalogue.translations import checked_language, translate_category
from commerce.services.custom_fields.of_products import definitions_for
from core.audit import record_audit
from core.errors import DomainError

LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}?category__id__exact={}">{}</a>'

ROW = "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>"


class CategoryForm(forms.ModelForm):
    """Refuses a place in itself before the service does; names in other languages as lines."""

    names_elsewhere = forms.CharField(
        label="In other languages",
        required=False,
        help_text="A line each: fr = Thé",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:  # noqa: SLF001  - Django's own flag
            names = self.instance.translations.values_list("language", "name")
            self.initial["names_elsewhere"] = option_words(dict(names))

    def clean_names_elsewhere(self) -> dict[str, str]:
        """By language; a language whose line is gone has none any more."""
        given = read_words(self.cleaned_data["names_elsewhere"])
        try:
            names = {checked_language(language): name for language, name in given.items()}
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message) from None
        gone = read_words(self.initial.get("names_elsewhere", ""))
        return dict.fromkeys(gone, "") | names

    def clean(self) -> dict[str, Any] | None:
        """Try the new place."""
        cleaned = super().clean()
        if not self.errors and "parent" in self.fields:
            try:
                check_place(self.instance, parent=self.cleaned_data.get("parent"))
            except DomainError as refusal:
                raise forms.ValidationError({"parent": refusal.message}) from None
        return cleaned


def _counted(products: QuerySet[Product]) -> Coalesce:
    """How many of the products of the outer row."""
    number = products.order_by().annotate(n=Func(F("pk"), function="count")).values("n")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    """Listed as the tree; dragging puts siblings in order, moving one moves all below it."""

    form = CategoryForm
    list_display = ["indented", "path", "products_here", "products_below"]
    list_display_links = ["indented"]
    ordering_field = "position"
    hide_ordering_field = True
    ordering = ["path"]
    search_fields = ["name__icontains", "path__startswith"]
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["name"]}
    fields = ["name", "slug", "parent", "names_elsewhere", "inherited"]
    readonly_fields = ["inherited"]
    inlines = [DefinitionInline]
    list_per_page = 500

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """In tree order, products counted in the same query."""
        here = Product.objects.filter(category=OuterRef("pk"))
        below = Product.objects.filter(
            Q(category=OuterRef("pk"))
            | Q(category__path__startswith=Concat(OuterRef("path"), Value("/")))
        )
        tree = Category.objects.in_tree_order()
        return tree.annotate(here=_counted(here), below=_counted(below))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Each after its parent: `tree_ordering` is no field, so it cannot stand in `ordering`."""

        class TreeList(super().get_changelist(request, **kwargs)):  # type: ignore[misc]  # made here
            def get_ordering(self, request: HttpRequest, queryset: QuerySet[Category]) -> list[str]:
                return ["tree_ordering"]

        return TreeList

    @display(description="Name")
    def indented(self, category: Category) -> str:
        """Its name under that of its parent."""
        return "— " * category.depth + category.name

    @display(description="Products")
    def products_here(self, category: Any) -> SafeString:
        """On this very shelf, with a link."""
        url = reverse("admin:commerce_product_changelist")
        return format_html(LINK, url, category.pk, f"{category.here:,}")

    @display(description="With all below")
    def products_below(self, category: Any) -> str:
        """In the whole branch."""
        return f"{category.below:,}"

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """A category first, then its fields."""
        return super().get_inlines(request, obj) if obj else []

    @display(description="Custom fields from above")
    def inherited(self, category: Category) -> SafeString | str:
        """What its products are asked besides the fields below; changed where it is defined."""
        if category._state.adding:  # noqa: SLF001  - Django's own flag
            return "Seen after saving."
        above = [row for row in definitions_for(category) if row.category_id != category.pk]
        if not above:
            return "None."
        rows = format_html_join("", ROW, shown_above(above))
        return format_html('<table class="w-full">{}</table>', rows)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Definitions are written by their service."""
        save_definitions(formset, form.instance.pk)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """The service keeps the paths; dragging changes nothing but the order."""
        if change and form.changed_data == ["position"]:
            Category.objects.filter(pk=obj.pk).update(position=obj.position)
            record_audit(action="category.order", resource=obj, details={"path": obj.path})
            return
        place_category(obj)
        names = form.cleaned_data.get("names_elsewhere")
        if names:
            translate_category(category=obj, names=names)

    @display(description="In other languages")
    def names_elsewhere(self, category: Category) -> str:
        """For those who may only look; others get the form's field of this name."""
        return option_words(dict(category.translations.values_list("language", "name")))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Category]) -> None:
        """One after the other, children before their parents."""
        for category in sorted(queryset, key=lambda found: -found.depth):
            category.delete()
