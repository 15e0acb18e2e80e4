"""What staff's own texts cannot do: read what they were not given, run long, take much memory."""

import json
import subprocess
import sys
import time

import pytest

from notifications.kinds import KINDS
from notifications.rendering.cleaning import cleaned
from notifications.rendering.environment import (
    TemplateRefused,
    compile_template,
    render_template,
)  # fmt: skip
from notifications.rendering.limits import RENDER_SECONDS

THANKS, WEEK = KINDS["payment_thank_you"], KINDS["weekly_progress"]
LONG_LIST = [{"name": "x" * 50, "value": "1", "note": ""}] * 17  # 17³ is below the loop limit


def attempt(source: str) -> str:
    template = compile_template(source, kind=WEEK, language="en", html=True)
    return render_template(template, WEEK.sample_context() | {"items": LONG_LIST, "name": "<b>"})


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("{{ password }}", "has no variable 'password'"),
        ("{% if user.is_staff %}x{% endif %}", "has no variable 'user'"),
        ("{% assign all = settings %}", "has no variable 'settings'"),
        ("{{ name | safe }}", "no filter 'safe'"),
        ("{{ name | replace: 'a', 'aaaa' }}", "no filter 'replace'"),
        ("{{ name | times: 9 }}", "no filter 'times'"),
        ("{{ (1..30000000) | join: ',' }}", "no filter 'join' here. Ranges"),
        ("{% for i in (1..99999999) %}x{% endfor %}", "Ranges"),
        ("{% assign n = (1..99999999) | size %}", "Ranges"),
        ("{% include 'settings' %}", "include"),
        ("{% render 'settings' %}", "render"),
        ("{{ name", "not closed"),
        ("{% if name %}", "."),
        ("x" * 50_001, "at most 50000 characters"),
        # the parser itself would need minutes for these
        ("{{" * 25_000, "not closed"),
        ("{% if " + "(" * 20_000 + "name" + ")" * 20_000 + " %}{% endif %}", "not closed"),
        ("{{ name }}" * 1_001, "at most 1000 tags"),
        ("{% if name %}" * 400 + "{% endif %}" * 400, "nesting"),
    ],
)
def test_what_a_template_may_not_do_is_said_when_it_is_written(source: str, complaint: str) -> None:
    began = time.monotonic()
    with pytest.raises(TemplateRefused, match=complaint):
        compile_template(source, kind=WEEK, language="en", html=True)
    assert time.monotonic() - began < 2


LOOPS = "{% for a in items %}{% for b in items %}{% for c in items %}"
TOO_MUCH = {
    "doubling": "{% assign s = 'xxxxxxxxxx' %}" + "{% assign s = s | append: s %}" * 40 + "{{ s }}",
    "a chain of filters": "{% capture s %}" + "x" * 20_000 + "{% endcapture %}"
    "{{ s " + "| append: s " * 80 + "}}",
    "output": "{% capture s %}" + "x" * 40_000 + "{% endcapture %}" + "{{ s }}" * 9,
    "nested loops": LOOPS + "{% for d in items %}x" + "{% endfor %}" * 4,
    "loops in a row": (LOOPS + "{% if a.name == b.name %}" + "{% endif %}" + "{% endfor %}" * 3)
    * 120,
    "filters in loops": LOOPS
    + ("{{ week " + "| upcase | downcase" * 45 + " | slice: 0,0 }}") * 40
    + "{% endfor %}" * 3,
    "a number without end": "{{ '1e9999999' | ceil }}",
    "somebody's insides": "{{ week.__class__.__mro__ }}",
    "methods": "{{ items.clear }}",
}


@pytest.mark.parametrize("source", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_it_does_too_much_of_ends_soon(source: str) -> None:
    began = time.monotonic()
    with pytest.raises(TemplateRefused):
        attempt(source)
    assert time.monotonic() - began < RENDER_SECONDS + 3, "the machine may be busy, not gone"


MEASURED = """
import json, resource, sys
import tests.services, django
django.setup()
from notifications.tests.test_guards import TOO_MUCH, TemplateRefused, attempt
attempt("{{ week }}")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for source in TOO_MUCH.values():
    try:
        attempt(source)
    except TemplateRefused:
        pass
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))
"""


@pytest.mark.slow  # a process of its own: memory is measured at its peak
def test_all_of_that_together_takes_little_memory() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", MEASURED], capture_output=True, text=True, check=True, timeout=120
    )
    assert json.loads(ran.stdout.splitlines()[-1]) < 40_000, "kilobytes"


def test_a_template_that_does_nothing_special_is_not_stopped() -> None:
    assert attempt("{% for item in items %}{{ item.value }}{% endfor %}") == "1" * 17


@pytest.mark.parametrize(
    "said", ["{{ amount }}", "{% if %}", "{{", "a\r\nBcc: all@example.com", "<script>x</script>"]
)
def test_what_people_call_themselves_stays_text(said: str) -> None:
    plain = compile_template("{{ name }}", kind=THANKS, language="en", html=False)
    assert render_template(plain, {"name": said}).splitlines() == said.splitlines()
    escaped = compile_template("<p>{{ name }}</p>", kind=THANKS, language="en", html=True)
    shown = render_template(escaped, {"name": said})
    assert "<script>" not in shown
    assert cleaned(shown) == cleaned(shown).replace("<script>", "")


def test_lines_are_kept_in_html_without_letting_markup_through() -> None:
    template = compile_template("{{ name | newline_to_br }}", kind=THANKS, language="en", html=True)
    assert render_template(template, {"name": "<b>\nx"}).split() == ["&lt;b&gt;<br", "/>", "x"]


def test_values_are_escaped_in_html_and_plain_in_text() -> None:
    assert attempt("{{ name }}") == "&lt;b&gt;"
    plain = compile_template("{{ name }}", kind=THANKS, language="en", html=False)
    assert render_template(plain, {"name": "<b>"}) == "<b>"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p onclick=\"x()\">a</p><script>alert(1)</script>", "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', "<a>a</a>"),
        ('<a href="JaVaScRiPt:alert(1)">a</a>', "<a>a</a>"),
        ('<a href="data:text/html,x">a</a>', "<a>a</a>"),
        ('<a href="/relative">a</a>', "<a>a</a>"),
        ('<a href="https://a.example/?b=1&amp;c=2">a</a>',
         '<a href="https://a.example/?b=1&amp;c=2">a</a>'),
        ('<a href="mailto:shop@example.com">a</a>', '<a href="mailto:shop@example.com">a</a>'),
        ('<img src="http://a.example/x.png" alt="x">', '<img alt="x">'),
        ('<iframe src="https://a.example"></iframe><form><input></form>b', "b"),
        ('<p style="position:fixed" class="soft">a</p>', '<p class="soft">a</p>'),
        ('<p class="unknown">a</p>', "<p>a</p>"),
        ("</td></tr></table><p>a", "<p>a</p>"),
        ("<!--[if mso]>x<![endif]--><p>a</p>", "<p>a</p>"),
    ],
)  # fmt: skip
def test_html_is_cleaned_of_what_a_mail_may_not_hold(written: str, kept: str) -> None:
    assert cleaned(written) == kept
