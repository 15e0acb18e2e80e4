"""Makes the pictures of mails in docs/images: `.venv/bin/python -m tests.story.mail_pictures`.

Needs Chromium, no database: what ships is filled with made-up values, and looked at by a reader
who likes it light, or dark, on a wide screen or a phone.
"""

import os
import sys
from typing import Any

import django

import tests.services  # noqa: F401  - the environment the settings want, before anything reads it
from tests.product import ROOT
from tests.story.browser import running_browser

FOLDER = ROOT / "docs" / "images"
DESK: dict[str, Any] = {"viewport": {"width": 760, "height": 400}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 375, "height": 400}, "device_scale_factor": 2, "is_mobile": True,
}  # fmt: skip
PICTURES: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("mail-order-light", "order_placed", "en", "light", DESK),
    ("mail-order-dark", "order_placed", "en", "dark", DESK),
    ("mail-week-arabic", "weekly_progress", "ar", "light", DESK),
    ("mail-workshop-phone", "workshop_completed", "fr", "dark", PHONE),
]


def main() -> None:
    """All of them."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    django.setup()
    from django.conf import settings

    from notifications.tests.asking import render_sample

    settings.BASE_URL = "https://shop.example.com"
    with running_browser() as browser:
        for name, kind, language, scheme, screen in PICTURES:
            page = browser.new_page(color_scheme=scheme, **screen)  # type: ignore[arg-type]
            page.set_content(render_sample(kind, language).html)
            to = FOLDER / f"{name}.png"
            page.screenshot(path=to, full_page=True)
            page.close()
            sys.stdout.write(f"{to.relative_to(ROOT)}: {to.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
