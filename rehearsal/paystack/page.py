"""The hosted payment page at `authorization_url`. It works without JavaScript."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rehearsal.pages.html import Html, html
from rehearsal.pages.layout import bare_page
from rehearsal.paystack.book import Book, Row
from rehearsal.paystack.money import readable
from rehearsal.paystack.steps import Steps

_TILL = """<div class="till">
<section class="what"><div class="inner">
<div class="shop"><span class="mark"></span>{shop}</div>
<p class="due">{due}</p><p class="amount" id="amount">{amount}</p>
</div></section>
<section class="how"><div class="inner"><span class="ribbon">Rehearsal: no real money</span>
{right}</div></section></div>"""

_FORM = """<h1>Pay with Paystack</h1>{notice}
<form method="post">
<label>E-mail <input type="email" name="email" id="email" value="{email}"></label>
<button class="main" id="pay" name="action" value="pay">Pay {amount}</button>
<div class="row"><button id="fail" name="action" value="fail">Fail</button>
<button id="slow" name="action" value="slow">Slow transfer</button></div>
<button class="quiet" id="abandon" name="action" value="abandon" formnovalidate>Go away</button>
</form>
<p class="note">Pay sends a signed charge.success. Fail is a bank that says no; the page stays.
Slow is a transfer that is on its way. Go away leaves it as it is: Paystack calls that abandoned.
Reference <code>{reference}</code></p>"""

_SLOW = """<h1>On its way</h1><p class="notice good" id="slow">The transfer was sent.</p>
<form method="post"><div class="row">
<button class="main" id="arrive" name="action" value="pay">It arrives</button>
<button id="bounce" name="action" value="fail">It bounces</button></div></form>
<p class="note"><a id="back" href="{url}">Back to the shop</a></p>"""

_DONE = """<h1>{title}</h1><p class="notice good" id="paid">{words}</p>
<p><a id="back" href="{url}">Back to the shop</a></p>"""


class PaymentPage:
    """Shows a transaction and takes the payer's choice."""

    def __init__(self, book: Book, steps: Steps) -> None:
        self.book = book
        self.steps = steps

    async def show(self, request: Request) -> Response:
        """GET the page."""
        return self._page(self._find(request))

    async def choose(self, request: Request) -> Response:
        """POST one of the buttons; paying twice is paying once."""
        row = self._find(request)
        if row is None:
            return self._page(None)
        form = await request.form()
        action, email = str(form.get("action")), str(form.get("email") or "").strip()
        if action == "abandon":
            metadata = row["metadata"] if isinstance(row["metadata"], dict) else {}
            back = str(metadata.get("cancel_action") or row["_callback_url"] or request.url.path)
            return RedirectResponse(back, 303)
        if action in ("pay", "fail", "slow"):
            self.steps.press(row, action, email=email or None)
        if row["status"] == "success" and row["_callback_url"]:
            return RedirectResponse(_after(row), 303)
        return RedirectResponse(request.url.path, 303)

    def _find(self, request: Request) -> Row | None:
        wanted = request.path_params["access_code"]
        return next(self.book.where("transaction", _access_code=wanted), None)

    def _page(self, row: Row | None) -> Response:
        if row is None:
            right = Html("<h1>Nothing to pay here</h1><p>No such transaction.</p>")
            body = html(_TILL, shop="", due="", amount="", right=right)
            return bare_page("Nothing to pay", body, status=404)
        amount = readable(row["amount"], row["currency"])
        body = html(
            _TILL,
            shop=f"Reference {row['reference']}",
            due="To pay",
            amount=amount,
            right=self._right(row, amount),
        )
        return bare_page(f"Pay {amount}", body)

    def _right(self, row: Row, amount: str) -> Html:
        if row["status"] in ("success", "reversed"):
            title = "Paid" if row["status"] == "success" else "Given back"
            words = "This payment is complete. Paying again does nothing."
            return html(_DONE, title=title, words=words, url=_after(row))
        if row["status"] == "pending":
            return html(_SLOW, url=_after(row))
        notice = Html('<p class="notice bad" id="failed">The bank said no. Try again.</p>')
        return html(
            _FORM,
            notice=notice if row["status"] == "failed" else Html(""),
            email=row["customer"]["email"],
            amount=amount,
            reference=row["reference"],
        )


def _after(row: Row) -> str:
    """The shop's callback with `trxref` and `reference` added, as Paystack does."""
    if not row["_callback_url"]:
        return ""
    parts = urlsplit(row["_callback_url"])
    names = {"trxref": row["reference"], "reference": row["reference"]}
    query = urlencode([*parse_qsl(parts.query), *names.items()])
    return urlunsplit(parts._replace(query=query))
