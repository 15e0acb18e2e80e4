"""A kind of notification: which variables its templates may use, and which channels carry it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from notifications.enums import Channel


class ContextError(ValueError):
    """The caller and the declaration of the kind disagree; a mistake in the program."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One declared variable. `kind` is text, number, money, url or list (with `items`)."""

    name: str
    kind: str = "text"
    required: bool = True
    items: tuple["Variable", ...] = ()
    sample: Any = ""


SecretSource = Callable[[UUID], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """Declared in code; the wording lives in templates.

    `secrets` are variables made from the user's id when the message is rendered (a reset link),
    so that no table ever holds them.
    """

    key: str
    title: str
    variables: tuple[Variable, ...]
    channels: frozenset[Channel] = frozenset(Channel)
    secrets: Mapping[str, SecretSource] = field(default_factory=dict)

    def check(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """The context to store, with absent optional variables as "".

        Raises ContextError naming every variable that is missing, unknown or of another shape.
        """
        known = {variable.name: variable for variable in self.variables}
        wrong = [f"does not know {name!r}" for name in context if name not in known]
        stored: dict[str, Any] = {}
        for name, variable in known.items():
            value = context.get(name)
            if value is None or value == "":
                if variable.required:
                    wrong.append(f"needs {name!r}")
                stored[name] = [] if variable.kind == "list" else ""
                continue
            problem = shape_problem(variable, value)
            if problem:
                wrong.append(problem)
            stored[name] = value
        if wrong:
            raise ContextError(f"{self.key} {'; '.join(wrong)}. It takes: {', '.join(known)}.")
        return stored

    def sample_context(self) -> dict[str, Any]:
        """Made-up values for previews; secrets get a link that leads nowhere."""
        samples = {variable.name: variable.sample for variable in self.variables}
        return samples | dict.fromkeys(self.secrets, "https://shop.example/link")

    def bare_context(self) -> dict[str, Any]:
        """The same without anything that may be missing."""
        bare = {
            variable.name: ([] if variable.kind == "list" else "")
            for variable in self.variables
            if not variable.required
        }
        return self.sample_context() | bare


def shape_problem(variable: Variable, value: Any) -> str:
    """What is wrong with a value, "" when nothing is."""
    name = variable.name
    if variable.kind in {"text", "url"} and not isinstance(value, str):
        return f"wants {name!r} as text, not {type(value).__name__}"
    if variable.kind == "number" and (isinstance(value, bool) or not isinstance(value, int)):
        return f"wants {name!r} as a whole number"
    if variable.kind == "money" and not (
        isinstance(value, dict) and set(value) == {"amount", "currency"}
    ):
        return f"wants {name!r} as Money.as_json()"
    if variable.kind == "url" and not value.startswith(("https://", "http://")):
        return f"wants {name!r} as a web address"
    if variable.kind == "list":
        if not isinstance(value, list):
            return f"wants {name!r} as a list"
        return next(filter(None, (_row_problem(variable, row) for row in value)), "")
    return ""


def _row_problem(variable: Variable, row: Any) -> str:
    names = {item.name for item in variable.items}
    if not isinstance(row, dict) or not set(row) <= names:
        return f"wants rows of {variable.name!r} with {', '.join(sorted(names))}"
    for item in variable.items:
        if item.name not in row:
            return f"needs {item.name!r} in each of {variable.name!r}"
        problem = shape_problem(item, row[item.name])
        if problem:
            return problem
    return ""
