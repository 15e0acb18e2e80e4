"""Wording: every kind in every language, and what staff's own texts cannot do."""

import re
from html import unescape

import pytest

from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.rendering.environment import (
    compile_template,
    render_template,
)  # fmt: skip
from notifications.rendering.formats import money_in
from notifications.rendering.wording import languages_of, sections, wording_of
from notifications.tests.asking import render_sample

LANGUAGES = ("ar", "en", "fr")
THANKS = KINDS["payment_thank_you"]
STAFFS_WORDS = {"campaign_push", "staff_push"}  # only what staff write: no words of ours
MAILS = [key for key, kind in KINDS.items() if Channel.EMAIL in kind.channels]
# Written in the reader's words: "shipped" is "expédiée".
GREETED_BY = {"name"}  # not everybody has one
TOLD_IN_WORDS = {"status", "previous_status", "state", "reason", "role", "refund"}
# English words that are none in French, of which every English wording has some.
ENGLISH = {
    "the", "you", "your", "our", "with", "from", "hello", "please", "thank", "order", "has", "was",
    "have", "been", "this", "that", "what", "when", "will", "not", "and", "for", "are", "how",
    "see", "address", "password", "again", "back", "week", "left",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in KINDS if key not in MAILS])
def test_what_only_pushes_carry_is_written_in_every_language(key: str, language: str) -> None:
    assert languages_of(key) == list(LANGUAGES)
    rendered = render_sample(key, language)
    assert rendered.push_title
    assert "{{" not in rendered.push_title + rendered.push_body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", MAILS)
def test_every_mail_is_written_in_every_language(key: str, language: str) -> None:
    assert languages_of(key) == list(LANGUAGES)
    rendered = render_sample(key, language)
    assert rendered.language == language
    assert rendered.subject
    assert "{{" not in rendered.html + rendered.text + rendered.subject
    assert "<h1 style=" in rendered.html
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in rendered.html
    assert bool(rendered.push_title) is (Channel.PUSH in KINDS[key].channels)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", MAILS)
def test_both_bodies_say_the_same_facts_and_lead_to_the_same_places(
    key: str, language: str
) -> None:
    rendered = render_sample(key, language)
    markup = body_of(rendered.html)
    html = flat(rendered.subject + unescape(re.sub(r"<[^>]*>", " ", markup)))
    text = flat(rendered.subject + rendered.text)
    links = set(re.findall(r'href="([^"]+)"', markup))
    context = KINDS[key].sample_context()
    for name in set(context) - GREETED_BY - TOLD_IN_WORDS:
        value = context[name]
        if isinstance(value, dict):
            value = flat(money_in(language)(value))
        if isinstance(value, str):
            assert value in text, f"the text does not show {name}"
            shown = links if value.startswith("https://") else html
            assert value in shown, f"the HTML does not show {name}"


@pytest.mark.parametrize("key", [key for key in KINDS if key not in STAFFS_WORDS])
def test_nothing_english_is_left_in_other_languages(key: str) -> None:
    assert words_in(key, "en") & ENGLISH, "the English wording would be found out"
    assert not words_in(key, "fr") & ENGLISH
    assert not words_in(key, "ar") - {"pdf"}, "Arabic is written in Arabic letters"


def words_in(key: str, language: str) -> set[str]:
    """The Latin words of a wording itself: no tags, outputs or markup."""
    wording = wording_of(key, language)
    sources = (
        wording.subject,
        wording.preheader,
        wording.text,
        wording.html,
        wording.push_title,
        wording.push_body,
    )
    plain = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", "\n".join(sources))
    return {word.lower() for word in re.findall(r"[A-Za-zÀ-ÿ]{3,}", plain)}


def flat(text: str) -> str:
    """With single spaces: French parts figures with narrow ones."""
    return " ".join(text.split())


def body_of(html: str) -> str:
    """What stands in the card."""
    return html.partition('class="card"')[2].partition('class="foot"')[0]


@pytest.mark.parametrize("status", ["confirmed", "processing", "shipped", "out_for_delivery",
                                    "delivered", "cancelled", "refunded"])  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_words(status: str, language: str) -> None:
    wording = wording_of("order_status_changed", language)
    template = compile_template(
        wording.preheader, kind=KINDS["order_status_changed"], language=language, html=False
    )
    said = render_template(template, {"status": status})
    assert said != status
    assert said.endswith((".", "!"))


@pytest.mark.parametrize(
    ("language", "written"), [("en", "¥1,234"), ("fr", "1 234 JPY"), ("de", "1.234 ¥")]
)
def test_money_is_written_as_the_reader_writes_it(language: str, written: str) -> None:
    template = compile_template("{{ amount | money }}", kind=THANKS, language=language, html=False)
    amount = {"amount": "1234", "currency": "JPY"}
    shown = render_template(template, {"amount": amount})
    assert " ".join(shown.split()) == written


def test_a_section_nobody_reads_is_refused() -> None:
    assert sections("=== subject\nA\n=== text\nB\nC\n") == {"subject": "A", "text": "B\nC"}
    with pytest.raises(ValueError, match="subjekt"):
        sections("=== subjekt\nA")
