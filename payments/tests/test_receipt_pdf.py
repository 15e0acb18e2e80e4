"""The document itself, read back: words, amounts, directions, pages; the same bytes each time."""

import io
import time
from uuid import uuid4

import pypdf
import pytest

from core.money import Money
from payments.models import LegalEntity, Receipt
from payments.receipts import contents
from payments.receipts.contents import Contents, Item
from payments.receipts.page import alone, amount, locale_of, shown
from payments.receipts.pdf import file_name, pdf_of
from payments.services.receipts.issuing import issue_credit_note, issue_receipt
from payments.services.receipts.writing import default_entity
from payments.tests.receipt_pages import pages_of, text_of
from payments.tests.test_receipt_numbers import paid_payment

pytestmark = pytest.mark.django_db
TEAPOT = "Cast-iron teapot"


@pytest.fixture(autouse=True)
def seller() -> LegalEntity:
    """Somebody in Amsterdam."""
    entity = default_entity()
    entity.name = "Tradewind Trading B.V."
    entity.address = "Keizersgracht 126\n1015 CW Amsterdam"
    entity.country, entity.tax_id, entity.time_zone = "NL", "NL8123.45.678.B01", "Europe/Amsterdam"
    entity.save()
    return entity


@pytest.fixture
def receipt(monkeypatch: pytest.MonkeyPatch):
    """Makes one: `units` minor units a line, `names` as lines, with tax and shipping."""

    def make(language: str, currency: str, units: int = 1234567, names=(TEAPOT,)) -> Receipt:
        bought = Contents(
            items=tuple(Item(name, Money(units, currency), detail=f"SKU-{at}")
                        for at, name in enumerate(names)),
            discount=Money(0, currency),
            shipping=Money(500, currency),
            tax=Money(4321, currency),
            subject="TW-2026-000482",
            buyer=("Amina Hassan", "4 Rue des Arts", "69001 Lyon"),
            country="FR",
        )  # fmt: skip
        monkeypatch.setitem(contents._readers, "tea", lambda of: bought)
        payment = paid_payment(
            bought.total.minor, currency, purpose="tea", purpose_id=uuid4(), language=language
        )
        return issue_receipt(payment_id=payment.pk)

    return make


@pytest.mark.parametrize(
    ("language", "currency", "words"),
    [
        (
            "en",
            "EUR",
            ["Receipt", "Billed to", "Total paid", "€12,345.67", "Netherlands", "France"],
        ),
        ("en", "INR", ["₹12,345.67", "Page 1 of 1"]),
        ("en", "NGN", ["NGN 12,345.67"]),
        ("fr", "EUR", ["Reçu", "Facturé à", "Total payé", "12 345,67 €", "Pays-Bas"]),
        ("fr", "JPY", ["1 234 567 JPY", "4 321 JPY", "Page 1 sur 1"]),
        ("fr-CA", "KWD", ["Reçu", "1 234,567 KWD"]),
        ("pt", "EUR", ["Receipt", "€12,345.67"]),  # a language without words: English
    ],
)
def test_words_and_amounts_are_the_readers(receipt, language, currency, words) -> None:
    written = receipt(language, currency)
    text = text_of(written)
    always = [
        written.number, TEAPOT, "SKU-0", "Tradewind Trading B.V.", "NL8123.45.678.B01",
        "Amina Hassan", "TW-2026-000482", written.contents["reference"], "Stripe",
    ]  # fmt: skip
    for word in [*always, *words]:
        assert word in text, f"{word!r} is not in:\n{text}"


def test_arabic_runs_from_the_right_and_its_letters_join(receipt) -> None:
    written = receipt("ar", "KWD", names=("إبريق شاي", "Tea cups (set of four)"))
    said = shown(written)
    assert said["direction"] == "rtl"
    assert said["title"] == "إيصال"
    data = pdf_of(written)
    text = text_of(data)
    for word in ("إيصال", "البائع", "المشتري", "فرنسا", "إبريق", "Tea cups (set of four)"):
        assert word in text, f"{word!r} is not in:\n{text}"
    assert "1234.567" in text.replace(",", "")
    fonts = {str(font) for page in pypdf.PdfReader(io.BytesIO(data)).pages
             for font in _fonts_of(page)}  # fmt: skip
    assert any("NotoSansArabic" in font for font in fonts), fonts


def _fonts_of(page) -> list[str]:
    found = page["/Resources"]["/Font"].get_object()
    return [font.get_object()["/BaseFont"] for font in found.values()]


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (5, "JPY", "¥5"),
        (5, "KWD", "KWD 0.005"),
        (12345, "IQD", "IQD 12.345"),  # CLDR would round it to 12
        (-1999, "EUR", "-€19.99"),
        (10**15, "USD", "$10,000,000,000,000.00"),
    ],
)
def test_amounts_have_the_digits_of_their_currency(minor, currency, written) -> None:
    assert amount(Money(minor, currency), locale_of("en")).replace("\xa0", " ") == written


NASTY = [
    '#import "@preview/evil:1.0.0"',
    "#panic() #eval(\"1\") ]{}$x^2$ *bold* _it_ `raw` = Heading // no \\ <label> @ref",
    "$(rm -rf /) & <script> \\u{41} %s {number}",
    "Ω Жы Ğşı ₹€",
]  # fmt: skip


def test_names_are_printed_as_they_are_never_run(receipt) -> None:
    text = "".join(text_of(receipt("en", "EUR", names=NASTY)).split())  # lines break anywhere
    for name in NASTY:
        assert name.replace(" ", "") in text


@pytest.mark.parametrize("name", ["中国茶壶", "🫖 teapot", "a\u0000b\u0007\u202e", "\ue000", " "])
def test_no_name_can_stop_a_receipt(receipt, name: str) -> None:
    """Characters no font has break PDF/A; the buyer has a receipt all the same."""
    written = receipt("en", "EUR", names=("Tea", name.replace("\x00", "")))
    assert written.number in text_of(written)


def test_the_same_receipt_is_the_same_bytes(receipt) -> None:
    written = receipt("ar", "KWD")
    assert pdf_of(written) == pdf_of(Receipt.objects.get(pk=written.pk))


def test_many_lines_go_on_with_the_heads_repeated_and_the_total_once(receipt) -> None:
    pages = pages_of(receipt("en", "EUR", names=[f"Tea of kind {n}" for n in range(200)]))
    assert 8 <= len(pages) <= 12
    for at, page in enumerate(pages, start=1):
        assert f"Page {at} of {len(pages)}" in page
        assert "Unit price" in page, f"page {at} has no head"
        assert "TW-R-" in page
    assert [page.count("Total paid") for page in pages] == [0] * (len(pages) - 1) + [1]
    everything = "\n".join(pages)
    assert all(f"Tea of kind {n}\n" in everything for n in range(200))


def test_a_credit_note_says_what_it_corrects(receipt) -> None:
    written = receipt("fr", "EUR")
    note = issue_credit_note(
        payment_id=written.payment_id, refund="refund:1", part=Money(100000, "EUR")
    )
    text = text_of(note)
    for word in ("Avoir", note.number, "Rectifie", f"Remboursement du reçu {written.number}",
                 "Total remboursé", "1 000,00 €", "Dont taxes", "3,48 €"):  # fmt: skip
        assert word in text, f"{word!r} is not in:\n{text}"
    assert TEAPOT not in text


def test_days_are_those_of_the_sellers_place(receipt) -> None:
    written = receipt("en", "EUR")
    written.paid_at = written.paid_at.replace(year=2026, month=7, day=31, hour=22, minute=30)
    assert "1 Aug 2026, 00:30 GMT+02:00" in text_of(written)


def test_it_is_kept_and_read_aloud(receipt) -> None:
    """PDF/A-2a and PDF/UA-1: tagged, titled, in a language, with its fonts inside."""
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(receipt("fr", "EUR"))))
    catalog = reader.trailer["/Root"]
    assert str(catalog["/Lang"]).startswith("fr")
    assert catalog["/MarkInfo"]["/Marked"]
    meta = catalog["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in meta
    assert "<pdfuaid:part>1</pdfuaid:part>" in meta
    assert reader.metadata.title == "Reçu TW-R-2026-000001"


def test_it_is_made_while_one_waits(receipt) -> None:
    """Under 0.3 s, also with many lines; measured 10 ms and 120 ms on two cores."""
    short, long = receipt("en", "EUR"), receipt("en", "EUR", names=[TEAPOT] * 200)
    pdf_of(short)  # fonts are read once a process
    for written, most in ((short, 0.3), (long, 1.0)):
        began = time.process_time()
        pdf_of(written)
        assert time.process_time() - began < most


def test_file_names_and_isolated_texts_are_plain(receipt) -> None:
    written = receipt("en", "EUR")
    assert file_name(written) == f"{written.number}.pdf"
    assert alone("x") == "\u2068x\u2069"
