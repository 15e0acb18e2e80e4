"""Pages of this floor for people outside."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import RateLimited
from core.requests.client import client_address
from crm import limits
from crm.forms import ContactForm
from crm.services.contact import take_message


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact_page(request: HttpRequest) -> HttpResponse:
    """The form; after sending a page that says so, which may be loaded again."""
    if request.method != "POST":
        return _page(request, ContactForm(), sent="sent" in request.GET)
    form = ContactForm(request.POST)
    try:
        limits.CONTACT.spend(client_address(request.META))
    except RateLimited:
        form.add_error(None, _("Too many messages from your network. Please try again later."))
        return _page(request, form, status=429)
    if not form.is_valid():
        return _page(request, form, status=400)
    given = form.cleaned_data
    take_message(
        name=given["name"],
        email=given["email"],
        message=given["message"],
        language=get_language() or "en",
        trapped=bool(given["website"]),
    )
    return redirect(f"{request.path}?sent")


def _page(
    request: HttpRequest, form: ContactForm, *, sent: bool = False, status: int = 200
) -> HttpResponse:
    return render(request, "crm/contact.html", {"form": form, "sent": sent}, status=status)
