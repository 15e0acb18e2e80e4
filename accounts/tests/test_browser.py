"""In a real browser: logging in, two-factor and a passkey, under the strict content policy."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from accounts.models import User
from accounts.tests.conftest import PASSWORD
from accounts.tests.test_login import code
from core.identity import Role

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
VIRTUAL_KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_sidebar"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed on this machine"),
]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, live_server: Any) -> Iterator[Any]:
    """A page of a headless browser; what its console complains about is in `page.complaints`.

    It asks for the server so that the browser lets go of it before it stops.
    """
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread; the test itself is as synchronous as any
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.complaints = []
        opened.on("console", lambda message: opened.complaints.append(message.text))
        opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
        yield opened
        browser.close()
        connections.close_all()  # under Playwright's loop Django opened one of its own


def test_two_factor_and_a_passkey_work_in_a_browser(
    page: Any, live_server: Any, make_user: Callable[..., User]
) -> None:
    admin = make_user(Role.ADMIN)
    base = live_server.url.replace("127.0.0.1", "localhost")  # where browsers allow passkeys
    submit = "form:not(#mfa_login) button[type=submit]"
    page.goto(f"{base}/admin/accounts/user/")
    page.fill("[name=login]", admin.email)
    page.fill("[name=password]", PASSWORD)
    page.click(submit)
    page.wait_for_url("**/admin/accounts/user/")

    page.goto(f"{base}/accounts/2fa/totp/activate/")
    page.fill("[name=password]", PASSWORD)
    page.click(submit)
    secret = re.search(r'value="([A-Z2-7]{32})"', page.content())
    assert secret
    page.fill("[name=code]", code(secret[1]))
    page.click(submit)
    page.wait_for_url("**/recovery-codes/")

    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL_KEY})
    page.goto(f"{base}/accounts/2fa/webauthn/add/")
    page.fill("[name=name]", "laptop")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/accounts/2fa/")

    page.context.clear_cookies()
    page.goto(f"{base}/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/admin/**")
    page.goto(f"{base}/admin/accounts/user/")
    assert admin.email in page.content()
    assert [c for c in page.complaints if "Content Security Policy" in c or "Error" in c] == []
