"""`.env.example` and the settings name the same environment variables."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / ".env.example"
READERS = {"text", "flag", "number", "items", "amounts", "database"}
"""The functions of config/settings/env.py."""

BEFORE_SETTINGS = [
    ROOT / "core" / "embedded" / "environment.py",
    ROOT / "core" / "management" / "commands" / "up.py",
]
FILLED_IN = {"TRADEWIND_EMBEDDED"}
"""Told by a process to its children; nobody writes them by hand."""


def names_in_example() -> list[str]:
    return re.findall(r"^#?([A-Z][A-Z0-9_]*)=", EXAMPLE.read_text("utf-8"), re.MULTILINE)


def names_read() -> set[str]:
    names = set()
    for path in [*(ROOT / "config" / "settings").rglob("*.py"), *BEFORE_SETTINGS]:
        names |= set(_names_read_in(path))
    return names - FILLED_IN


def _names_read_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        candidates: list[ast.expr] = []
        if isinstance(node, ast.Call) and _asks_environment(node.func):
            candidates = node.args[:1]
        elif isinstance(node, ast.List):  # names that are asked for in a loop
            candidates = [each for each in node.elts if _is_name_of_provider(each)]
        for candidate in candidates:
            name = getattr(candidate, "value", None)
            if isinstance(name, str) and re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
                yield name


def _is_name_of_provider(node: ast.expr) -> bool:
    value = getattr(node, "value", None)
    ends = ("_KEY", "_TOKEN", "_SECRET", "_API_URL", "_WEBHOOK_URL", "_DOMAIN", "_PROJECT_ID")
    return isinstance(value, str) and value.endswith(ends)


def _asks_environment(function: ast.expr) -> bool:
    """`env.text(...)`, `environ.get(...)` and `os.environ.get(...)`."""
    if not isinstance(function, ast.Attribute):
        return False
    source = ast.unparse(function.value)
    if source == "env":
        return function.attr in READERS
    return source.endswith("environ") and function.attr == "get"


def test_every_variable_that_is_read_is_explained_in_the_example() -> None:
    assert names_read() - set(names_in_example()) == set()


def test_every_variable_of_the_example_is_read() -> None:
    assert set(names_in_example()) - names_read() == set()


def test_the_example_names_each_variable_once_with_a_line_of_explanation() -> None:
    names = names_in_example()
    assert len(names) == len(set(names))
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"#?[A-Z][A-Z0-9_]*=", line):
            assert re.match(r"# [A-Z5].*[.]$", lines[number - 1]), f"{line}: no sentence above it"


def test_the_example_changes_nothing_when_copied_as_it_is() -> None:
    active = [line for line in EXAMPLE.read_text("utf-8").splitlines() if line[:1] not in {"#", ""}]
    assert active == []
