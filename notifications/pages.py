"""The pages behind the links of a mail. No login, no cookie, no CSRF token: the signed link is the
key, and mail programs have nothing else. Looking changes nothing; only a POST does.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.lookups import user_by_id
from core.errors import Invalid, NotFound
from notifications.choices.links import ONE_CLICK
from notifications.choices.tokens import Holder, Whose, holder_of
from notifications.choices.words import words_in
from notifications.enums import Channel, Source
from notifications.services.choices import choices_of, of_link, say
from notifications.services.choices_form import save_form
from notifications.services.quiet_hours import quiet_hours_of


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """What will be switched off, with one button; RFC 8058's POST does it at once."""
    try:
        holder = holder_of(token)
    except NotFound:
        return _bad_link(request)
    name, _, value = ONE_CLICK.partition("=")
    if request.method == "POST":
        if request.POST.get(name) == value:
            _switch(holder, wanted=False, source=Source.ONE_CLICK)
            return HttpResponse(status=200)
        button = request.POST.get("do")
        if button in {"off", "undo"}:
            _switch(holder, wanted=button == "undo", source=Source.LINK)
            then = "undone" if button == "undo" else "done"
            return redirect(f"{request.path}?{then}&language={_language(request)}")
    state = next((word for word in ("done", "undone") if word in request.GET), "ask")
    shown = {"subjects": holder.subjects, "state": state, "all": reverse("choices", args=[token])}
    unread = request.method == "POST"  # neither our button nor a mail program's
    return _page(request, "notifications/unsubscribe.html", shown, status=400 if unread else 200)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choices_page(request: HttpRequest, token: str) -> HttpResponse:
    """All choices of the address the mail went to, and of its user if it has one."""
    try:
        holder = holder_of(token)
        whose = of_link(holder.whose)
    except NotFound:
        return _bad_link(request)
    wrong = False
    if request.method == "POST":
        try:
            save_form(sent=request.POST, whose=whose, source=Source.LINK, also=holder.subjects)
        except Invalid:
            wrong = True
        else:
            return redirect(f"{request.path}?saved&language={_language(request)}")
    shown = {
        "choices": choices_of(whose, also=holder.subjects),
        "channels": [one.value for one in Channel if whose.user_id or one is Channel.EMAIL],
        "saved": "saved" in request.GET and not wrong,
        "wrong": wrong,
        **_quiet(whose),
    }
    return _page(request, "notifications/choices.html", shown, status=400 if wrong else 200)


def _switch(holder: Holder, *, wanted: bool, source: Source) -> None:
    """The mails the link's mail was one of, off or on again; doing it twice is doing it once."""
    choices = {(subject, Channel.EMAIL.value): wanted for subject in holder.subjects}
    say(whose=of_link(holder.whose), choices=choices, source=source)


def _quiet(whose: Whose) -> dict[str, Any]:
    if whose.user_id is None:
        return {"has_quiet": False}
    user, hours = user_by_id(whose.user_id), quiet_hours_of(whose.user_id)
    return {"has_quiet": True, "hours": hours, "zone": user.time_zone if user else "UTC"}


def _bad_link(request: HttpRequest) -> HttpResponse:
    return _page(request, "notifications/bad_link.html", {}, status=404)


def _language(request: HttpRequest) -> str:
    return words_in(request.GET.get("language", "")[:20])[0]


def _page(
    request: HttpRequest, template: str, shown: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    language, direction, words = words_in(request.GET.get("language", "")[:20])
    shown |= {"language": language, "direction": direction, "words": words}
    response = render(request, template, shown, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Language"] = language
    return response
