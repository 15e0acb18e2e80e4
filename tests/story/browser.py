"""A person in front of Chromium: logs in, looks at pages, and hears what the console complains of.

Chromium is the system's own (Debian: `apt-get install chromium`); nothing is downloaded.
CHROMIUM names another program.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)

DEMO_PASSWORD = "tradewind-demo"
MOMENT, PATIENCE = 50, 20_000  # milliseconds
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The path of the browser, None where there is none."""
    given = os.environ.get("CHROMIUM")
    return given or next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium without a window."""
    path = chromium()
    assert path is not None, "No Chromium on this machine."
    with sync_playwright() as tools:
        browser = tools.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"], timeout=60_000
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visitor:
    """One page of one person. `complaints` holds what the console and the network said."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    _under_way: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self._under_way.add(request))
        self.page.on("requestfinished", lambda request: self._under_way.discard(request))
        self.page.on("requestfailed", lambda request: self._under_way.discard(request))
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("response", self._on_response)
        self.page.on("dialog", lambda dialog: dialog.accept())  # "Are you sure?" - yes

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(
                f"{message.type}: {message.text} ({message.location.get('url')})"
            )

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def open(self, path: str) -> Page:
        """Go there; fails unless the page and all it loads are fine and the console is silent."""
        heard = len(self.complaints)
        answer = self.page.goto(self.url + path if path.startswith("/") else path)
        assert answer is not None, path
        assert answer.status == 200, f"{path}: {answer.status}"
        self.settle()
        assert self.complaints[heard:] == [], f"{path}: {self.complaints[heard:]}"
        return self.page

    def log_in(self, email: str, password: str = DEMO_PASSWORD) -> None:
        """Through the login page, as everybody."""
        self.open("/admin/")
        assert "/accounts/login/" in self.page.url
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in", exact=True).click()
        self.page.wait_for_url(f"{self.url}/admin/")
        self.settle()

    def settle(self) -> None:
        """Wait for all that the page asked for, and what that led to: until nothing is under way
        twice in a row. (Playwright's "networkidle" is half a second of silence on every page.)"""
        self.page.wait_for_load_state("load")
        quiet = 0
        for _ in range(PATIENCE // MOMENT):
            self.page.wait_for_timeout(MOMENT)
            quiet = 0 if self._under_way else quiet + 1
            if quiet == 2:
                return
        raise AssertionError(f"never ends: {[request.url for request in self._under_way]}")

    def sidebar(self) -> dict[str, str]:
        """Addresses of the sidebar's links, with their titles."""
        links = self.page.locator("#nav-sidebar-apps a[href], #nav-sidebar a[href]")
        found: list[list[str]] = links.evaluate_all(
            "all => all.map(a => [a.getAttribute('href'), a.innerText.trim()])"
        )
        return dict(found)  # type: ignore[arg-type]  # pairs, by the line above

    def drawn(self, selector: str = "canvas") -> list[bool]:
        """For each canvas, whether anything but nothing is painted on it in the end."""
        for _ in range(PATIENCE // MOMENT):
            found = self._painted(selector)
            if found and all(found):
                break
            self.page.wait_for_timeout(MOMENT)
        return found

    def _painted(self, selector: str) -> list[bool]:
        found: Any = self.page.locator(selector).evaluate_all(
            """all => all.map(canvas => {
                const side = canvas.getContext("2d");
                if (!canvas.width || !canvas.height) return false;
                const data = side.getImageData(0, 0, canvas.width, canvas.height).data;
                return data.some((value, index) => index % 4 === 3 && value > 0);
            })"""
        )
        return list(found)


@contextmanager
def visiting(browser: Browser, url: str, **options: Any) -> Iterator[Visitor]:
    """Somebody new at the door, with cookies of their own."""
    settings = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | options
    context = browser.new_context(**settings)
    context.set_default_timeout(20_000)
    try:
        yield Visitor(context.new_page(), url.rstrip("/"))
    finally:
        context.close()
