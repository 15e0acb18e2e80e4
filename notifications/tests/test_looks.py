"""The frame: both directions, day and night, the shop's own looks, programs that know little."""

from typing import Any

import pytest

from notifications.rendering.brand import NIGHT, READABLE, WHITE, brand, contrast
from notifications.rendering.layout import in_scheme
from notifications.tests.asking import render_sample


@pytest.mark.parametrize("color", ["#0f766e", "#ffdd00", "#000000", "#ffffff", "#1e3a8a"])
def test_any_colour_of_a_shop_can_be_read_on_either_paper(color: str, settings: Any) -> None:
    settings.BRAND_COLOR = color
    looks = brand()
    assert contrast(looks.ink_accent, WHITE) >= READABLE
    assert contrast(looks.light_accent, NIGHT) >= READABLE
    assert contrast(looks.accent, looks.on_accent) >= READABLE


def test_the_shop_shows_its_name_logo_and_address(settings: Any) -> None:
    settings.BRAND_NAME, settings.BRAND_ADDRESS = "Müller & Söhne", "Hafen 1, Hamburg"
    settings.BRAND_LOGO_URL = "https://cdn.example/logo.png"
    mail = render_sample("welcome", "en")
    assert '<img src="https://cdn.example/logo.png" alt="Müller &amp; Söhne"' in mail.html
    assert "Hafen 1, Hamburg" in mail.html
    foot = f"-- \nMüller & Söhne\nHafen 1, Hamburg\n{settings.BASE_URL}\n"
    assert mail.text.endswith(f"{foot}Choose what you hear: https://shop.example/choices/…/\n")


def test_the_mail_says_that_it_has_colours_for_the_night() -> None:
    html = render_sample("order_placed", "ar").html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert "[data-ogsc] .card p" in html
    assert "@media all" in in_scheme(html, "dark")
    assert "@media not all" in in_scheme(html, "light")


def test_outlook_gets_a_button_of_its_own_with_the_same_link() -> None:
    html = render_sample("password_reset", "en").html
    button = html.partition("<!--[if mso]><v:roundrect")[2].partition("<![endif]-->")[0]
    assert 'href="https://shop.example/link"' in button
    assert "Choose a new password" in button
