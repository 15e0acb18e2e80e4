"""Pages of this floor for people outside."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import RateLimited
from core.languages import words_in
from core.requests.client import client_address
from crm import limits
from crm.contact_words import WORDS
from crm.forms import ContactForm
from crm.services.contact import take_message


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact_page(request: HttpRequest) -> HttpResponse:
    """The form, in the language asked for (`?language=fr`) or the browser's."""
    chosen = request.GET.get("language", "")
    language = chosen if chosen in WORDS else translation.get_language() or "en"
    with translation.override(language):
        return _answer(request, language, words_in(language, WORDS))


def _answer(request: HttpRequest, language: str, words: dict[str, str]) -> HttpResponse:
    """After sending a page that says so, which may be loaded again."""
    if request.method != "POST":
        return _page(request, ContactForm(words), words, sent="sent" in request.GET)
    form = ContactForm(words, request.POST)
    try:
        limits.CONTACT.spend(client_address(request.META))
    except RateLimited:
        form.add_error(None, words["too_many"])
        return _page(request, form, words, status=429)
    if not form.is_valid():
        return _page(request, form, words, status=400)
    given = form.cleaned_data
    take_message(
        name=given["name"],
        email=given["email"],
        message=given["message"],
        language=language,
        trapped=bool(given["website"]),
    )
    return redirect(f"{request.path}?sent&language={language}")


def _page(
    request: HttpRequest,
    form: ContactForm,
    words: dict[str, str],
    *,
    sent: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "words": words, "sent": sent, "languages": settings.LANGUAGES}
    return render(request, "crm/contact.html", context, status=status)
