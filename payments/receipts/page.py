"""A receipt in its reader's language: every word and figure of the page, ready to be set.

The template (template.typ) knows where things stand and nothing else.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from notifications.rendering.formats import amount, direction_of, fallbacks, locale_of
from payments.addresses import page_url, receipt_url
from payments.enums import GatewayName, ReceiptKind
from payments.models import Receipt
from payments.receipts.qr import svg
from payments.receipts.wording import WORDS, Words

FIRST_STRONG, ISOLATE_ENDS = "\u2068", "\u2069"
Pair = tuple[str, str]


def shown(receipt: Receipt) -> dict[str, Any]:
    """What the template takes."""
    return _Page(receipt).shown()


def alone(text: str) -> str:
    """A text that keeps its own direction, whatever stands around it."""
    return f"{FIRST_STRONG}{text}{ISOLATE_ENDS}"


class _Said(NamedTuple):
    """What one kind of document says in its own way."""

    title: str
    moved: str
    total: str
    line: str


def _said(kind: ReceiptKind, words: Words) -> _Said:
    if kind is ReceiptKind.RECEIPT:
        return _Said(words.receipt, words.paid, words.total_paid, words.payment)
    if kind is ReceiptKind.CREDIT_NOTE:
        return _Said(words.credit_note, words.given_back, words.total_given_back, words.refund_of)
    return _Said(words.cancellation, words.came_back, words.total_cancelled, words.cancellation_of)


class _Page:
    """One receipt, its words and its formats."""

    def __init__(self, receipt: Receipt) -> None:
        self.receipt = receipt
        self.contents = receipt.contents
        self.language = next(one for one in fallbacks(receipt.language) if one in WORDS)
        self.words: Words = WORDS[self.language]
        self.said = _said(ReceiptKind(receipt.kind), self.words)
        self.locale = locale_of(receipt.language)
        if self.locale.language != self.language:  # a language without words: all in English
            self.locale = Locale("en")
        self.zone = ZoneInfo(self.contents["seller"]["time_zone"])

    def shown(self) -> dict[str, Any]:
        """Everything, in the order of the page."""
        receipt, words, seller = self.receipt, self.words, self.contents["seller"]
        issued = receipt.issued_at.astimezone(self.zone)
        return {
            "kind": receipt.kind,
            "direction": direction_of(self.language),
            "language": self.language,
            "title": self.said.title,
            "number": receipt.number,
            "date": [issued.year, issued.month, issued.day],
            "initial": seller["name"][:1].upper(),
            "seller": alone(seller["name"]),
            "parties": self.parties(),
            "facts": self.facts(),
            "columns": [words.description, words.quantity, words.unit_price, words.amount],
            "lines": [self.line(line) for line in self.contents["lines"]],
            "sums": self.sums(),
            "note": alone(self.contents.get("note", "")) if self.contents.get("note") else "",
            "total": (self.said.total, self.money(receipt.total_minor)),
            "qr": svg(self.link()),
            "qr_words": words.scan,
            "link": self.link(),
            "footer": words.reference.format(reference=alone(self.contents["reference"])),
            "page": words.page,
        }

    def parties(self) -> list[dict[str, Any]]:
        """Seller and, where known, buyer."""
        seller, buyer = self.contents["seller"], self.contents["buyer"]
        lines = [seller["name"], *seller["lines"], self.country(seller["country"])]
        if seller["tax_id"]:
            in_one_piece = seller["tax_id"].replace(" ", "\u00a0")
            lines.append(f"{self.words.tax_id} {alone(in_one_piece)}")
        lines.append(seller["email"])
        parties = [(self.words.seller, lines)]
        bought_by = [*buyer["lines"], self.country(buyer["country"]), buyer["email"]]
        if any(bought_by):
            parties.append((self.words.buyer, bought_by))
        return [
            {"heading": heading, "lines": [alone(line) for line in lines if line]}
            for heading, lines in parties
        ]

    def facts(self) -> list[Pair]:
        """When, how, which."""
        receipt, words = self.receipt, self.words
        gateway = self.contents["paid_with"]
        facts = [
            (words.issued, self.date(receipt.issued_at)),
            (self.said.moved, self.time(receipt.paid_at)),
            (words.paid_with, GatewayName(gateway).label if gateway else ""),
            (
                words.subject if receipt.payment else words.invoice,
                self.contents["subject"],
            ),
            (words.corrected, self.contents["corrects"]),
        ]
        return [(name, alone(value)) for name, value in facts if value]

    def line(self, line: dict[str, Any]) -> dict[str, str]:
        """One thing that was bought."""
        name = line["name"] or self.said.line.format(number=alone(self.contents["corrects"]))
        return {
            "name": alone(name),
            "detail": alone(line["detail"]) if line["detail"] else "",
            "quantity": str(format_decimal(line["quantity"], locale=self.locale)),
            "unit_price": self.money(line["unit_minor"]),
            "total": self.money(line["total_minor"]),
        }

    def sums(self) -> list[Pair]:
        """What lies between the lines and the total; nothing when there is nothing between."""
        words, sums = self.words, self.contents["sums"]
        if not sums:
            tax = self.receipt.tax_minor
            return [(words.tax_contained, self.money(tax))] if tax else []
        pairs = [
            *self.added(words.discount, sums.get("codes", ""), -sums["discount_minor"]),
            *self.added(words.shipping, sums.get("shipped_by", ""), sums["shipping_minor"]),
            *self.taxes(sums),
        ]
        if pairs:
            pairs.insert(0, (words.subtotal, self.money(sums["subtotal_minor"])))
        return pairs

    def added(self, word: str, what: str, minor: int) -> list[Pair]:
        """A figure with what it is for: "Shipping (Express)"; nothing for nothing of no name."""
        if not minor and not what:
            return []
        return [(f"{word} ({alone(what)})" if what else word, self.money(minor))]

    def taxes(self, sums: dict[str, Any]) -> list[Pair]:
        """Taxes by rate: those that were added, then those that prices contain."""
        by_rate = sums.get("taxes", [])
        on_top = [line for line in by_rate if not line["included"]]
        nameless = sums["tax_minor"] - sum(line["minor"] for line in on_top)
        pairs = [(self.tax(line), self.money(line["minor"])) for line in on_top]
        if nameless:
            pairs.append((self.words.tax, self.money(nameless)))
        return pairs + [
            (self.words.tax_included.format(tax=self.tax(line)), self.money(line["minor"]))
            for line in by_rate
            if line["included"]
        ]

    def tax(self, line: dict[str, Any]) -> str:
        """A rate by its name: "VAT 19 %"."""
        percent = format_decimal(Decimal(line["percent"]), locale=self.locale)
        return alone(f"{line['name']} {percent}\u00a0%")

    def link(self) -> str:
        """Where the payment (or the document itself) is seen by whoever holds the paper."""
        payment = self.receipt.payment
        return page_url(payment.reference) if payment else receipt_url(self.receipt.token)

    def money(self, minor: int) -> str:
        """An amount, kept in one piece."""
        return alone(amount(self.receipt.money(minor), self.locale))

    def country(self, code: str) -> str:
        """By its name in the reader's language."""
        return str(self.locale.territories.get(code, code))

    def date(self, at: datetime) -> str:
        """A day at the seller's place."""
        return str(format_date(at.astimezone(self.zone), format="long", locale=self.locale))

    def time(self, at: datetime) -> str:
        """A minute at the seller's place, with the place's offset."""
        here = at.astimezone(self.zone)
        return str(format_datetime(here, "d MMM y, HH:mm ZZZZ", locale=self.locale))
