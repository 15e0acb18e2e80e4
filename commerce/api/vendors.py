"""vendors/ and vendors/{id}/, their steps, their members; vendor-invitations/{id}/."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.acting import READS_OWN, WRITE, WRITES_ALL, WRITES_OWN, my_vendors, writes_all
from commerce.api.catalogue_rows import VENDORS
from commerce.api.visibility import sees_all, visible_vendors
from commerce.enums import VendorRole
from commerce.models import Vendor
from commerce.services.vendors import members
from commerce.services.vendors.life import (
    apply_as_vendor,
    change_vendor,
    create_vendor,
    move_vendor,
)
from core.api.fields import Input, SlugTextField, TextField, WholeNumberField
from core.api.lists import DetailView, Filter, ListView
from core.api.lists.filters import kind_of
from core.api.views import ApiView
from core.errors import Invalid, NotFound, PermissionRefused
from core.identity import Role
from core.money import CURRENCIES

MEMBERS_READ = {"GET": ("catalogue:read", READS_OWN)}
OWN_AFFAIR = {"contact_name", "contact_email", "contact_phone", "language"}
ROLE = {"type": "string", "enum": VendorRole.values}
PERSON = {
    "type": "object",
    "required": ["id", "email", "name", "role", "state", "since"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "email": {"type": "string"},
        "name": {"type": "string"},
        "role": ROLE,
        "state": {"type": "string", "enum": ["member", "invited"]},
        "since": {"type": "string", "format": "date-time"},
    },
}
INVITATION = {
    "type": "object",
    "required": ["id", "vendor", "vendor_name", "role", "expires_at"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "vendor": {"type": "string", "format": "uuid"},
        "vendor_name": {"type": "string"},
        "role": ROLE,
        "expires_at": {"type": "string", "format": "date-time"},
    },
}


class VendorChange(Input):
    """Fields of a vendor; those not given stay. Members change contact and language."""

    name = TextField(max_length=200, required=False)
    country = serializers.RegexField(r"^([A-Z]{2})?$", required=False, allow_blank=True)
    contact_name = TextField(max_length=200, required=False, allow_blank=True)
    contact_email = serializers.EmailField(required=False, allow_blank=True)
    contact_phone = TextField(max_length=40, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    payout_currency = serializers.ChoiceField(choices=sorted(CURRENCIES), required=False)
    commission_bps = WholeNumberField(min_value=0, max_value=10_000, required=False)


class VendorInput(VendorChange):
    """A new vendor; it starts as applied. The commission is for staff to say."""

    name = TextField(max_length=200)
    slug = SlugTextField(max_length=100, required=False)


class VendorStep(Input):
    """Where the vendor goes, and why."""

    to = TextField(max_length=40)
    reason = TextField(max_length=1000, lines=True, required=False, allow_blank=True, default="")


class InvitationInput(Input):
    """Who is asked to act for the vendor."""

    email = serializers.EmailField()
    role = serializers.ChoiceField(
        choices=VendorRole.choices, required=False, default=VendorRole.MEMBER
    )


class RoleInput(Input):
    """What a member is from now on."""

    role = serializers.ChoiceField(choices=VendorRole.choices)


class VendorsView(ListView):
    """Active vendors for everybody; all of them for staff, and for members their own (`mine`),
    with terms to expand."""

    public = {"GET"}
    scopes = {"POST": WRITE}
    input = {"POST": VendorInput}
    rows = VENDORS
    filters = {
        "status": "status", "country": "country", "slug": "slug",
        "mine": Filter("mine", kind_of(Vendor.members.through, "user__is_active")),
    }  # fmt: skip
    ordering = ("name", "created_at")
    default_ordering = "name"
    search = ("name",)

    def queryset_for(self, request: Request) -> QuerySet[Vendor]:
        """By who is asking."""
        return visible_vendors(request)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Staff add a vendor; others apply, and are its owner."""
        given = self.valid()
        if writes_all(request):
            vendor = create_vendor(**given)
        elif "commission_bps" in given:
            raise Invalid(
                "The commission is agreed with us.", details={"commission_bps": ["Not yours."]}
            )
        else:
            vendor = apply_as_vendor(user=request.user, **given)
        row = VENDORS.one(visible_vendors(request).filter(pk=vendor.pk))
        return Response(row, status=status.HTTP_201_CREATED)


class VendorView(DetailView):
    """One vendor."""

    public = {"GET"}
    scopes = {"PATCH": WRITE}
    input = {"PATCH": VendorChange}
    rows = VENDORS

    def queryset_for(self, request: Request) -> QuerySet[Vendor]:
        """As in the list."""
        return visible_vendors(request)

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change some fields; members those that are their own affair."""
        changes = self.valid()
        if not writes_all(request):
            if kwargs["id"] not in my_vendors(request):
                raise NotFound("There is no such vendor among yours.")
            beyond = sorted(set(changes) - OWN_AFFAIR)
            if beyond:
                raise PermissionRefused(
                    f"Ask us to change {', '.join(beyond)}.",
                    details={name: ["Agreed with us."] for name in beyond},
                )
        change_vendor(vendor_id=kwargs["id"], changes=changes)
        return Response(self.one(self.object_query()))


class VendorStepsView(ApiView):
    """Approve, suspend, reopen, close."""

    scopes = {"POST": WRITES_ALL}
    input = {"POST": VendorStep}
    output = {"POST": (200, VENDORS)}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move the vendor; 409 names the steps that are allowed."""
        move_vendor(vendor_id=kwargs["id"], **self.valid())
        return Response(VENDORS.one(visible_vendors(request).filter(pk=kwargs["id"])))


class MembersView(ApiView):
    """Who acts for a vendor, and who was asked to. For staff and its members."""

    scopes = MEMBERS_READ | {"POST": WRITE}
    input = {"POST": InvitationInput}
    output = {"GET": {"type": "array", "items": PERSON}, "POST": PERSON}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All: they are few."""
        _found(request, kwargs)
        return Response([asdict(person) for person in members.people_of(kwargs["id"])])

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask somebody by mail (owners and staff)."""
        _found(request, kwargs)
        made = members.invite_member(vendor_id=kwargs["id"], **self.valid())
        person = members.Person(made.pk, made.email, "", made.role, "invited", made.created_at)
        return Response(asdict(person), status=status.HTTP_201_CREATED)


class MemberView(ApiView):
    """One member, or one who was asked."""

    scopes = {"PATCH": WRITE, "DELETE": WRITE}
    input = {"PATCH": RoleInput}
    output = {"PATCH": {"type": "object", "required": ["role"], "properties": {"role": ROLE}}}

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Owner or member from now on (owners and staff)."""
        _found(request, kwargs)
        member = members.change_role(
            vendor_id=kwargs["id"], member_id=kwargs["person"], **self.valid()
        )
        return Response({"role": member.role})

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take them out, or the invitation back."""
        _found(request, kwargs)
        members.remove_member(vendor_id=kwargs["id"], person_id=kwargs["person"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationView(ApiView):
    """An invitation, for whom it was written to. POST accepts it."""

    scopes = {"GET": READS_OWN, "POST": WRITES_OWN}
    roles = {Role.SHOPPER}  # staff have rights of their own
    output = {"GET": INVITATION, "POST": (200, VENDORS)}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Which vendor, and as what."""
        found = members.invitation_for(invitation_id=kwargs["id"], user=request.user)
        return Response(
            {
                "id": found.pk,
                "vendor": found.vendor_id,
                "vendor_name": found.vendor.name,
                "role": found.role,
                "expires_at": found.expires_at,
            }
        )

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """From now on the caller acts for the vendor."""
        member = members.accept_invitation(invitation_id=kwargs["id"], user=request.user)
        return Response(VENDORS.one(visible_vendors(request).filter(pk=member.vendor_id)))


def _found(request: Request, places: dict[str, Any]) -> None:
    """A vendor that is not there and one of others are told alike."""
    if not (writes_all(request) or sees_all(request)) and places["id"] not in my_vendors(request):
        raise NotFound("There is no such vendor among yours.")
    if not Vendor.objects.filter(pk=places["id"]).exists():
        raise NotFound("There is no such vendor.")
