"""Wording: every kind in every language, and what staff's own texts cannot do."""

import time

import pytest

from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.rendering import render_sample
from notifications.rendering.environment import (
    TemplateRefused,
    compile_template,
    render_template,
)  # fmt: skip
from notifications.rendering.wording import languages_of, sections, wording_of

LANGUAGES = ("ar", "en", "fr")
THANKS = KINDS["payment_thank_you"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KINDS)
def test_every_kind_is_written_in_every_language(key: str, language: str) -> None:
    assert languages_of(key) == list(LANGUAGES)
    rendered = render_sample(key, language)
    assert rendered.language == language
    assert rendered.subject
    assert "{{" not in rendered.html + rendered.text + rendered.subject
    assert "<h1 style=" in rendered.html
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in rendered.html
    assert bool(rendered.push_title) is (Channel.PUSH in KINDS[key].channels)


@pytest.mark.parametrize("key", KINDS)
def test_both_bodies_say_the_same_facts(key: str) -> None:
    rendered = render_sample(key, "en")
    facts = [
        str(value)
        for name, value in KINDS[key].sample_context().items()
        if isinstance(value, str) and name not in {"status", "previous_status", "state", "number"}
    ]
    for fact in facts:
        shown = [fact in rendered.text, fact in rendered.html]
        assert any(shown), f"{fact} is shown nowhere"


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


def attempt(source: str) -> str:
    template = compile_template(source, kind=THANKS, language="en", html=True)
    return render_template(template, THANKS.sample_context() | {"name": "<b>", "lines": []})


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("{{ password }}", "has no variable 'password'"),
        ("{% if user.is_staff %}x{% endif %}", "has no variable 'user'"),
        ("{{ name | safe }}", "no filter 'safe'"),
        ("{{ name | replace: 'a', 'aaaa' }}", "no filter 'replace'"),
        ("{{ (1..30000000) | join: ',' }}", "no filter 'join' here. Ranges"),
        ("{% for i in (1..99999999) %}x{% endfor %}", "Ranges"),
        ("{% assign n = (1..99999999) | size %}", "Ranges"),
        ("{% include 'settings' %}", "include"),
        ("{% render 'settings' %}", "render"),
        ("{{ name", "."),
        ("{% if name %}", "."),
        ("x" * 100_001, "at most 100000 characters"),
    ],
)
def test_what_a_template_may_not_do_is_said_when_it_is_written(source: str, complaint: str) -> None:
    with pytest.raises(TemplateRefused, match=complaint):
        compile_template(source, kind=THANKS, language="en", html=True)


@pytest.mark.parametrize(
    "source",
    [
        "{% assign s = 'xxxxxxxxxx' %}" + "{% assign s = s | append: s %}" * 40 + "{{ s }}",
        "{% capture s %}"
        + "x" * 60_000
        + "{% endcapture %}{{ s }}{{ s }}{{ s }}{{ s }}{{ s }}{{ s }}",
        "{{ amount.password }}",
    ],
)
def test_what_it_does_too_much_of_ends_at_once(source: str) -> None:
    began = time.monotonic()
    with pytest.raises(TemplateRefused):
        attempt(source)
    assert time.monotonic() - began < 1


def test_values_are_escaped_in_html_and_plain_in_text() -> None:
    assert attempt("{{ name }}") == "&lt;b&gt;"
    plain = compile_template("{{ name }}", kind=THANKS, language="en", html=False)
    assert render_template(plain, {"name": "<b>"}) == "<b>"


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
