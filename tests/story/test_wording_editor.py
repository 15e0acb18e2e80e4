"""A colleague changes a message in Chromium: sees it as it is typed, tries it, publishes it."""

import pytest
from playwright.sync_api import expect

from tests.product import Product
from tests.story.browser import Visitor
from tests.story.shopper import until

pytestmark = pytest.mark.browser

EDITOR = "/admin/notifications/template/edit/welcome/email/{}/"


def test_words_are_seen_as_they_are_typed_tried_and_published(
    admin: Visitor, product: Product
) -> None:
    page = admin.open("/admin/notifications/template/")
    expect(page.get_by_role("link", name="As shipped").first).to_be_visible()
    page = admin.open(EDITOR.format("de"))
    expect(page.locator("#content")).to_contain_text("Not written in de")

    mail = page.frame_locator("[data-html]")
    page.get_by_label("HTML", exact=True).fill("<h1>Willkommen, {{ name }}!</h1>{{ url }}")
    expect(mail.locator("h1")).to_have_text("Willkommen, Amina!")
    page.get_by_label("HTML", exact=True).fill("<h1>Hallo {{ nmae }}</h1>")
    expect(page.locator("[data-findings=html]")).to_contain_text("has no variable 'nmae'")
    expect(mail.locator("h1")).to_have_text("Willkommen, Amina!")  # the last good one stays

    page.get_by_label("HTML", exact=True).fill("<h1>Willkommen!</h1><p>{{ url }}</p>")
    page.get_by_label("Subject").fill("Willkommen")
    page.get_by_label("Plain text").fill("Willkommen: ")
    page.get_by_label("Plain text").press("End")
    page.get_by_role("button", name="url", exact=True).click()
    expect(page.get_by_label("Plain text")).to_have_value("Willkommen: {{ url }}")
    page.get_by_role("button", name="Dark").click()
    expect(mail.locator("body")).to_have_css("background-color", "rgb(15, 23, 30)")
    page.get_by_role("button", name="Phone").click()
    expect(page.locator("[data-html]")).to_have_css("width", "375px")

    page.get_by_role("button", name="Send a test to me").click()
    expect(page.locator("body")).to_contain_text("on its way to")
    # behind what the demo's own news still has to do
    product.rehearsal.wait_for_mail(
        to="admin@example.com", subject="[Test] Willkommen", timeout=120.0
    )
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("body")).to_contain_text("Published as version 1")
    page.get_by_role("button", name="Back to the shipped wording").click()
    expect(page.locator("body")).to_contain_text("yours are in the history")
    until(
        lambda: not product.query("SELECT 1 FROM notifications_templateversion "
                                  "WHERE state = 'published' AND language = 'de'"),
        what="What ships goes out again",
    )  # fmt: skip
    assert admin.complaints == []
