"""Liquid, narrowed down until it is safe for texts that staff edit.

As it comes, python-liquid can be made to run for minutes or to eat all memory by filters on
ranges and by chained replacements, which its own limits do not see. So: a short list of filters
none of which multiplies its input, no ranges, no includes, no `safe`; plain values only as
context; unknown variables are errors.
"""

from functools import lru_cache
from typing import Any

from liquid import Environment, RenderContext, StrictUndefined
from liquid.ast import Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.template import BoundTemplate

from notifications.kinds.kind import Kind
from notifications.rendering.formats import money_in, number_in
from notifications.rendering.limits import LimitedTemplate
from notifications.rendering.shape import misshapen

FILTERS = (
    "append", "at_least", "at_most", "capitalize", "ceil", "default", "divided_by", "downcase",
    "escape", "first", "floor", "last", "lstrip", "minus", "modulo", "newline_to_br",
    "plus", "prepend", "remove", "round", "rstrip", "size", "slice", "squish",
    "strip", "strip_html", "strip_newlines", "truncate", "truncatewords", "upcase", "url_encode",
)  # fmt: skip
TAGS = (
    "content", "output", "illegal", "if", "unless", "case", "for", "break", "continue", "assign",
    "comment", "#", "liquid", "echo", "capture", "cycle",
)  # fmt: skip


class TemplateRefused(ValueError):
    """A template that cannot be used; `problems` are sentences with places in it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class GuardedEnvironment(Environment):
    """The limits of one rendering."""

    template_class = LimitedTemplate
    loop_iteration_limit = 5_000
    output_stream_limit = 300_000  # bytes
    local_namespace_limit = 50_000  # bytes
    context_depth_limit = 8


@lru_cache(maxsize=64)
def environment(language: str, *, html: bool) -> GuardedEnvironment:
    """The environment for one language; `html` escapes every value."""
    made = GuardedEnvironment(autoescape=html, undefined=StrictUndefined, strict_filters=True)
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.filters |= {"money": money_in(language), "number": number_in(language)}
    made.tags = {name: made.tags[name] for name in TAGS}
    return made


def compile_template(source: str, *, kind: Kind, language: str, html: bool) -> BoundTemplate:
    """Parse and judge a template. Raises TemplateRefused with everything that is wrong."""
    if problems := misshapen(source):
        raise TemplateRefused(problems)
    try:
        template = environment(language, html=html).from_string(source)
        problems = [*_undeclared(template, kind), *_ranges(template)]
    except LiquidError as error:
        raise TemplateRefused([_told(error)]) from None
    except Exception as error:  # numbers of 5,000 digits, depths that Python does not go: no 500
        raise TemplateRefused([f"This cannot be read ({type(error).__name__})."]) from None
    if problems:
        raise TemplateRefused(problems)
    return template


def render_template(template: BoundTemplate, context: dict[str, Any]) -> str:
    """The text. Raises TemplateRefused when it does not come out (limits, missing values)."""
    try:
        return str(template.render(**context))
    except LiquidError as error:
        raise TemplateRefused([_told(error)]) from None
    except Exception as error:  # 1 / 1e-400 and its like: the template's fault, told as such
        raise TemplateRefused([f"This cannot be filled in ({type(error).__name__})."]) from None


def _told(error: LiquidError) -> str:
    return f"{error.message or error}".strip().rstrip(".") + "."


def _undeclared(template: BoundTemplate, kind: Kind) -> list[str]:
    """Names that are neither declared by the kind nor made by the template; unknown filters."""
    known_filters = template.env.filters
    declared = {variable.name for variable in kind.variables} | set(kind.secrets)
    found = template.analyze(include_partials=False)
    return [
        f"{kind.key} has no variable {name!r}; it has {', '.join(sorted(declared))}."
        for name in found.globals
        if name not in declared
    ] + [
        f"There is no filter {name!r} here." for name in found.filters if name not in known_filters
    ]


def _ranges(template: BoundTemplate) -> list[str]:
    context = RenderContext(template)

    def expressions(node: Node) -> list[Expression]:
        found = list(node.expressions())
        for one in found:
            found += one.children()
        return found

    def walk(node: Node) -> bool:
        return any(isinstance(one, RangeLiteral) for one in expressions(node)) or any(
            walk(child) for child in node.children(context, include_partials=False)
        )

    return ["Ranges such as (1..9) are not used here."] if any(map(walk, template.nodes)) else []
