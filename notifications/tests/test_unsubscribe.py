"""The ways out of a mail: what its links may do, and what they may not."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from notifications.addresses import address_key
from notifications.choices.links import ways_out
from notifications.choices.tokens import token_for
from notifications.models import ChoiceRecord, Notification, Preference
from notifications.services.notify import notify
from rehearsal.testing import RunningRehearsal

pytestmark = pytest.mark.django_db

ADDRESS = "guest@example.com"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
SHIPPED: dict[str, Any] = {"number": "TW-1"}
CART: dict[str, Any] = {
    "lines": [{"name": "Pot", "quantity": 1, "total": {"amount": "4.00", "currency": "EUR"}}],
    "url": "https://shop.example/carts/k",
}


@pytest.fixture
def visitor() -> Client:
    """Whoever comes without cookies, as mail programs do; CSRF is checked."""
    return Client(enforce_csrf_checks=True)


def path(email: str = ADDRESS, *subjects: str, user: User | None = None) -> str:
    token = token_for(email, user.pk if user else None, subjects or ("orders",))
    return f"/unsubscribe/{token}/"


def shipped(key: str, email: str = ADDRESS, user: User | None = None) -> Notification:
    return notify(
        kind="order_shipped", dedupe_key=key, context=SHIPPED, email=email,
        user_id=user.pk if user else None,
    )  # fmt: skip


def states(told: Notification) -> dict[str, str]:
    return dict(told.deliveries.values_list("channel", "state"))


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(visitor: Client, method: str) -> None:
    for page in (path(), path().replace("unsubscribe", "choices")):
        answer = getattr(visitor, method)(page)
        assert answer.status_code == 200
        assert not answer.cookies
    assert not Preference.objects.exists()
    assert not ChoiceRecord.objects.exists()
    assert states(shipped("a")) == {"email": "queued"}


def test_one_click_ends_that_mail_and_no_other(visitor: Client) -> None:
    answer = visitor.post(path(), ONE_CLICK)
    assert (answer.status_code, answer.content) == (200, b"")
    told = shipped("a")
    assert states(told) == {"email": "suppressed"}
    assert "switched off" in told.deliveries.get().reason
    assert states(shipped("b", "other@example.com")) == {"email": "queued"}
    thanks = notify(
        kind="subscription_ending", dedupe_key="c", email=ADDRESS,
        context={"plan": "Pro", "date": "1 May"},
    )  # fmt: skip
    assert states(thanks) == {"email": "queued"}


def test_essential_mail_goes_whatever_was_switched_off(visitor: Client) -> None:
    visitor.post(path(), ONE_CLICK)
    cancelled = notify(kind="order_cancelled", dedupe_key="a", context=SHIPPED, email=ADDRESS)
    assert states(cancelled) == {"email": "queued"}


def test_the_spelling_of_an_address_does_not_matter(visitor: Client) -> None:
    visitor.post(path("  Guest@EXAMPLE.com "), ONE_CLICK)
    assert states(shipped("a")) == {"email": "suppressed"}


def test_unsubscribing_twice_is_unsubscribing_once(visitor: Client) -> None:
    for _ in range(3):
        assert visitor.post(path(), ONE_CLICK).status_code == 200
    record = ChoiceRecord.objects.get()
    assert (record.source, record.wanted, record.address_key) == (
        "one_click", False, address_key(ADDRESS),
    )  # fmt: skip


def test_the_button_switches_off_and_undo_takes_it_back(visitor: Client) -> None:
    page = visitor.post(path(), {"do": "off"}, follow=True)
    assert "You get no more mail about" in page.text
    assert states(shipped("a")) == {"email": "suppressed"}
    page = visitor.post(path(), {"do": "undo"}, follow=True)
    assert "All as before" in page.text
    assert states(shipped("b")) == {"email": "queued"}
    assert list(ChoiceRecord.objects.order_by("id").values_list("wanted", flat=True)) == [
        False, True,
    ]  # fmt: skip


def test_a_post_that_says_nothing_does_nothing(visitor: Client) -> None:
    assert visitor.post(path(), {"x": "y"}).status_code == 400
    assert not Preference.objects.exists()


def test_a_forged_link_opens_nothing(visitor: Client) -> None:
    mine, theirs = path("me@example.com"), path("you@example.com")
    signature = mine.rstrip("/").rpartition(".")[2]
    forged = [
        theirs.rstrip("/").rpartition(".")[0] + f".{signature}/",  # their key, my signature
        mine.replace("~orders", "~offers"),  # another subject
        mine[:-3] + ("AA/" if not mine.endswith("AA/") else "BB/"),
        "/unsubscribe/x/",
        "/unsubscribe/" + "A" * 2000 + "/",
    ]
    for page in forged:
        for address in (page, page.replace("unsubscribe", "choices")):
            answer = visitor.post(address, ONE_CLICK | {"wanted": []})
            assert answer.status_code == 404, address
            assert "This link is not good" in answer.text
    assert not Preference.objects.exists()


def test_a_link_says_nothing_about_its_address(shopper: User) -> None:
    token = token_for(shopper.email, shopper.pk, ("orders",))
    for part in re.split(r"[~.]", token):
        assert "buyer" not in part
        assert "example" not in part
    assert token_for("a@example.com", None)[:20] != token_for("b@example.com", None)[:20]


def test_an_old_link_does_not_open_the_choices_of_whoever_moved_on(
    visitor: Client, shopper: User
) -> None:
    page = path(shopper.email, user=shopper).replace("unsubscribe", "choices")
    assert "Push" in visitor.get(page).text
    shopper.email = "new@example.com"
    shopper.save()
    assert "Push" not in visitor.get(page).text
    assert visitor.post(page, {"starts": "22:00", "ends": "08:00"}).status_code == 302
    assert states(shipped("a", "new@example.com", shopper))["email"] == "queued"
    assert states(shipped("b", "buyer@example.com"))["email"] == "suppressed"


def test_what_was_said_last_counts(visitor: Client, shopper: User) -> None:
    from notifications.choices.tokens import Whose
    from notifications.services.choices import of_user, say

    visitor.post(path(shopper.email, user=shopper), ONE_CLICK)
    assert states(shipped("a", shopper.email, shopper))["email"] == "suppressed"
    say(whose=of_user(shopper.pk), choices={("orders", "email"): True}, source="account")
    assert states(shipped("b", shopper.email, shopper))["email"] == "queued"
    assert Whose(shopper.pk, address_key(shopper.email)) == of_user(shopper.pk)


def test_what_an_address_said_is_read_while_the_secret_is_exchanged(
    visitor: Client, shopper: User, settings
) -> None:
    from notifications.services.choices import choices_of, of_address, of_user

    def wants_orders(whose) -> bool:
        return next(one.wanted["email"] for one in choices_of(whose) if one.subject == "orders")

    visitor.post(path(shopper.email, user=shopper), ONE_CLICK)
    assert not wants_orders(of_user(shopper.pk))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" * 8
    assert not wants_orders(of_user(shopper.pk))
    assert not wants_orders(of_address(shopper.email))


def test_marketing_needs_a_yes_given_before(visitor: Client) -> None:
    from notifications.services.decide import wants

    assert not wants("offers", "email", {})
    page = path(ADDRESS, "offers").replace("unsubscribe", "choices")
    ticked = re.findall(r'value="(\w+\.\w+)"[^>]*checked', visitor.get(page).text)
    assert "orders.email" in ticked
    assert "offers.email" not in ticked
    visitor.post(page, {"wanted": [*ticked, "offers.email"]})
    assert ChoiceRecord.objects.get().subject == "offers"
    assert Preference.objects.get().wanted


def test_a_shopper_is_not_asked_about_selling(visitor: Client, shopper: User) -> None:
    def asked(*subjects: str) -> str:
        page = path(shopper.email, *subjects, user=shopper).replace("unsubscribe", "choices")
        return visitor.get(page).text

    assert "Selling as a vendor" not in asked("orders")
    assert "Selling as a vendor" in asked("vendor")
    notify(
        kind="vendor_order_cancelled", dedupe_key="a", user_id=shopper.pk,
        context={"vendor": "Kyoto", "number": "1", "lines": [{"name": "Pot", "quantity": 1}]},
    )  # fmt: skip
    assert "Selling as a vendor" in asked("orders")


@pytest.mark.parametrize(
    ("language", "direction", "said"),
    [("en", "ltr", "Switch this off"), ("fr", "ltr", "Désactiver"), ("ar", "rtl", "إيقاف هذه")],
)
def test_pages_speak_the_mails_language(
    visitor: Client, language: str, direction: str, said: str
) -> None:
    page = visitor.get(f"{path()}?language={language}").text
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert said in page


def sent_headers(outside: RunningRehearsal, work: Callable[[], int]) -> dict[str, str]:
    work()
    (mail,) = outside.client.mails()
    return {name.lower(): value for name, value in mail["headers"].items()}


def test_a_cart_reminder_carries_both_headers_and_its_link_works(
    outside: RunningRehearsal, work: Callable[[], int], settings: Any, visitor: Client
) -> None:
    settings.BASE_URL = "https://shop.example"
    settings.UNSUBSCRIBE_MAILTO = "out@shop.example"
    notify(kind="cart_reminder", dedupe_key="a", context=CART, email=ADDRESS)
    headers = sent_headers(outside, work)
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    link, mailto = re.findall(r"<([^>]+)>", headers["list-unsubscribe"].replace("\n", ""))
    assert mailto.startswith("mailto:out@shop.example?subject=unsubscribe%20")
    assert visitor.post(link.removeprefix("https://shop.example"), ONE_CLICK).status_code == 200
    again = notify(kind="cart_reminder", dedupe_key="b", context=CART, email=ADDRESS)
    assert states(again) == {"email": "suppressed"}


def test_nobody_is_reminded_of_carts_all_the_time() -> None:
    told = [
        notify(kind="cart_reminder", dedupe_key=key, context=CART, email=ADDRESS) for key in "abc"
    ]
    assert [states(one)["email"] for one in told] == ["queued", "queued", "suppressed"]
    assert "more is too much" in told[2].deliveries.get().reason
    other = notify(kind="cart_reminder", dedupe_key="d", context=CART, email="b@example.com")
    assert states(other) == {"email": "queued"}


def test_essential_mail_has_no_such_header(
    outside: RunningRehearsal, work: Callable[[], int]
) -> None:
    told = notify(kind="order_cancelled", dedupe_key="a", context=SHIPPED, email=ADDRESS)
    assert "list-unsubscribe" not in sent_headers(outside, work)
    assert ways_out(told, ADDRESS).unsubscribe == ""


def test_switching_off_stops_what_was_queued_before(
    outside: RunningRehearsal, work: Callable[[], int], visitor: Client
) -> None:
    told = shipped("a")
    visitor.post(path(), ONE_CLICK)
    work()
    assert states(told) == {"email": "suppressed"}
    assert outside.client.mails() == []


def test_the_footer_leads_to_all_choices_and_out_of_this_kind(
    outside: RunningRehearsal, work: Callable[[], int], visitor: Client
) -> None:
    notify(kind="cart_reminder", dedupe_key="a", context=CART, email=ADDRESS, language="ar")
    work()
    (mail,) = outside.client.mails()
    for body in (mail["text"], mail["html"]):
        for page, words in (("choices", "اختر ما يصلك"), ("unsubscribe", "إلغاء الاشتراك")):
            (found,) = re.findall(rf"http[^\s\"]+(/{page}/[^\s\"]+)", body)
            assert words in body
            assert 'dir="rtl"' in visitor.get(found).text
