"""Coupons: what they give, on what, and who used them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.validators import RegexValidator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm

from accounts.admin.refusals import ask_first, back_to, in_words
from commerce.admin.amounts import AmountsForm
from commerce.admin.coupon_usage import usage_panel
from commerce.enums import CouponKind, RedemptionState
from commerce.models import Coupon, CouponRedemption, CouponScope, CouponTerms
from commerce.pricing.rounding import percent_text
from commerce.services.coupons.making import MOST_AT_ONCE, duplicate, make_single_use_codes
from commerce.services.quotes.coupons import normal
from core.admin.badge import Labelled
from core.audit import record_audit
from core.errors import DomainError

STATE_LABELS = {"valid": "success", "later": "info", "over": "default", "off": "warning"}
STATE_WORDS = {"valid": "Valid", "later": "Not yet", "over": "Over", "off": "Switched off"}
LINK = '<a class="text-primary-600 dark:text-primary-500 font-medium" href="{}">{}</a>'
PLAIN = RegexValidator(r"^[A-Z0-9][A-Z0-9_-]*$", "Letters, digits, hyphens and underscores.")


class CouponForm(forms.ModelForm):
    """Codes are put in capitals."""

    def clean_code(self) -> str:
        """As it is kept."""
        code = normal(self.cleaned_data["code"])
        PLAIN(code)
        return code


class TermsForm(AmountsForm):
    """Amounts as people write them."""

    amounts = ("off_minor", "least_order_minor", "most_off_minor")

    class Meta:
        model = CouponTerms
        fields = ["currency", "off_minor", "least_order_minor", "most_off_minor"]


class TermsInline(TabularInline):
    """Sums in a currency: what is off, the least order, the most that is taken off."""

    model = CouponTerms
    form = TermsForm
    extra = 0
    hide_title = True
    verbose_name_plural = "Sums (with any, the code counts in these currencies only)"


class ScopeInline(TabularInline):
    """What it counts on."""

    model = CouponScope
    extra = 0
    fields = ["vendor", "category", "product"]
    autocomplete_fields = ["vendor", "category", "product"]
    hide_title = True
    verbose_name_plural = "For these only (none: for all goods)"


class MakeForm(BaseDialogForm):
    """How many codes, and how they begin."""

    count = forms.IntegerField(min_value=1, max_value=MOST_AT_ONCE, initial=100)
    begins = forms.CharField(max_length=29, required=False, label="They begin with")


@admin.register(Coupon)
class CouponAdmin(ModelAdmin):
    """Uses are counted by orders; codes are copied, and made by the thousand."""

    form = CouponForm
    list_display = ["code", "gives", "state", "used", "valid_to", "name", "batch"]
    list_filter = ["is_active", "kind", "is_combinable"]
    search_fields = ["code__istartswith", "name__icontains", "batch__exact"]
    search_help_text = "Code, name, or the name of a batch"
    ordering = ["-id"]
    inlines = [TermsInline, ScopeInline]
    readonly_fields = ["usage", "codes_of_batch"]
    actions_detail = ["copy", "make_codes"]
    compressed_fields = True
    fieldsets = [
        (None, {"fields": [("code", "is_active"), "name", ("kind", "percent")]}),
        ("Limits", {"fields": [("most_uses", "most_uses_each"), "valid_from", "valid_to",
                               "is_combinable"]}),
        ("Use", {"fields": ["usage", "codes_of_batch"]}),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Coupon]:
        """Uses are counted in the same query."""
        counted = (
            CouponRedemption.objects.filter(coupon=OuterRef("pk"), state=RedemptionState.COUNTED)
            .order_by()
            .values("coupon")
            .annotate(uses=Count("pk"))
            .values("uses")
        )
        return (
            super()
            .get_queryset(request)
            .prefetch_related("terms")
            .annotate(uses=Coalesce(Subquery(counted), 0))
        )

    def get_urls(self) -> list[URLPattern]:
        """A batch is a file."""
        urls: list[URLPattern] = super().get_urls()
        view = self.admin_site.admin_view(self.batch_view)
        return [path("batch/<str:batch>/", view, name="commerce_coupon_batch"), *urls]

    @display(description="Gives")
    def gives(self, coupon: Coupon) -> str:
        """In words."""
        if coupon.kind == CouponKind.PERCENT and coupon.percent is not None:
            return f"{percent_text(coupon.percent)} %"
        if coupon.kind == CouponKind.FIXED:
            off = [f"{terms.off}" for terms in coupon.terms.all() if terms.off_minor]
            return ", ".join(off[:3]) or "No amount yet"
        return "Free shipping"

    @display(description="State", label=STATE_LABELS)
    def state(self, coupon: Coupon) -> Labelled:
        """Whether it counts now."""
        now = timezone.now()
        key = "valid" if coupon.is_active else "off"
        if coupon.valid_to and coupon.valid_to <= now:
            key = "over"
        elif coupon.valid_from and coupon.valid_from > now:
            key = "later"
        return Labelled(key, STATE_WORDS[key], STATE_LABELS)

    @display(description="Used", ordering="uses")
    def used(self, coupon: Any) -> str:
        """Of how many."""
        return f"{coupon.uses} of {coupon.most_uses}" if coupon.most_uses else str(coupon.uses)

    @display(description="Uses")
    def usage(self, coupon: Coupon) -> SafeString | str:
        """A chart and the latest orders."""
        return usage_panel(coupon)

    @display(description="Batch")
    def codes_of_batch(self, coupon: Coupon) -> SafeString | str:
        """All codes that were made together."""
        if not coupon.batch:
            return "Made by itself"
        url = reverse("admin:commerce_coupon_batch", args=[coupon.batch])
        return format_html(LINK, url, f"Download the codes of {coupon.batch}")

    def has_make_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may add one may copy one."""
        return bool(self.has_add_permission(request))

    @action(
        description="Duplicate",
        permissions=["make"],
        dialog=ask_first("The same once more under a new code, switched off.", "Duplicate"),
    )
    def copy(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        """The same under a new code, switched off."""
        made = duplicate(coupon_id=object_id)  # type: ignore[arg-type]  # Django's text of a UUID
        self.message_user(request, f"{made.code} is a copy. Change it, then switch it on.")
        return back_to(request, reverse("admin:commerce_coupon_change", args=[made.pk]))

    @action(
        description="Make single-use codes",
        permissions=["make"],
        dialog={
            "title": "Make single-use codes",
            "description": "Codes that give what this one gives, each once.",
            "form_class": MakeForm,
            "form_submit_text": "Make them",
        },
    )
    def make_codes(self, request: HttpRequest, form: MakeForm, object_id: str) -> HttpResponse:
        """As many as are asked for, and a file of them."""
        given = form.cleaned_data
        try:
            batch = make_single_use_codes(
                coupon_id=object_id,  # type: ignore[arg-type]  # Django's text of a UUID
                count=given["count"],
                prefix=given["begins"],
            )
        except DomainError as refusal:
            messages.error(request, in_words(refusal))
            return back_to(request, reverse("admin:commerce_coupon_change", args=[object_id]))
        url = reverse("admin:commerce_coupon_batch", args=[batch])
        link = format_html("{} codes were made: " + LINK, given["count"], url, "download them")
        self.message_user(request, link)
        return back_to(request, f"{reverse('admin:commerce_coupon_changelist')}?q={batch}")

    def batch_view(self, request: HttpRequest, batch: str) -> HttpResponse:
        """The codes of a batch, one a line, with whether each was used."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        used = Count("redemptions", filter=Q(redemptions__state=RedemptionState.COUNTED))
        rows = Coupon.objects.filter(batch=batch).annotate(n=used).order_by("code")
        lines = [f"{code},{'yes' if n else 'no'}" for code, n in rows.values_list("code", "n")]
        answer = HttpResponse("\r\n".join(["code,used", *lines, ""]), content_type="text/csv")
        answer["Content-Disposition"] = f'attachment; filename="codes-{normal(batch)}.csv"'
        record_audit(
            action="coupon.download",
            resource=f"coupon_batch:{batch}",
            details={"count": len(lines)},
        )
        return answer

    def save_model(self, request: HttpRequest, obj: Coupon, form: Any, change: bool) -> None:
        """What gives money away stays on record."""
        super().save_model(request, obj, form, change)
        record_audit(
            action="coupon.change" if change else "coupon.create",
            resource=obj,
            details={"code": obj.code, "fields": form.changed_data},
        )
