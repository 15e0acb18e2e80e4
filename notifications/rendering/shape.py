"""Whether a template is short and well closed enough for Liquid's own parser to read it.

That parser needs minutes for a few thousand "{{" without their end, and seconds for one long
condition. This look takes time in step with the length.
"""

import re

SOURCE_CAP = 50_000  # characters of one template
TAG_CAP = 1_000  # characters between {{ and }}
TAGS_CAP = 1_000

_OPEN = re.compile(r"\{[{%]")
_CLOSE = {"{{": "}}", "{%": "%}"}


def misshapen(source: str) -> list[str]:
    """What is wrong, as sentences; nothing when the parser may have it."""
    if len(source) > SOURCE_CAP:
        return [f"A template has at most {SOURCE_CAP} characters."]
    found, at = 0, 0
    while opened := _OPEN.search(source, at):
        begins, ends = opened.group(), _CLOSE[opened.group()]
        inside = opened.end()
        closed = source.find(ends, inside, inside + TAG_CAP + 2)
        line = source.count("\n", 0, opened.start()) + 1
        if closed < 0:
            return [f"Line {line}: {begins} is not closed by {ends} within {TAG_CAP} characters."]
        if _OPEN.search(source, inside, closed):
            return [f"Line {line}: {begins} is not closed before the next one."]
        at, found = closed + 2, found + 1
        if found > TAGS_CAP:
            return [f"A template has at most {TAGS_CAP} tags and outputs."]
    return []
