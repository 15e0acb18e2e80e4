"""Options and translations as people type them: lines of words."""

from collections.abc import Mapping, Sequence

import msgspec
from django import forms


def option_lines(options: Mapping[str, Sequence[str]]) -> str:
    """A line an option: "Size: S, M, L"; by bars where a value holds a comma."""
    made = []
    for name, values in options.items():
        between = " | " if any("," in value for value in values) else ", "
        made.append(f"{name}: {between.join(values)}")
    return "\n".join(made)


def read_options(text: str) -> dict[str, list[str]]:
    """From such lines. Raises ValidationError naming the line."""
    options: dict[str, list[str]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, rest = line.partition(":")
        values = [part.strip() for part in rest.split("|" if "|" in rest else ",")]
        if not colon or not name.strip() or not all(values):
            raise forms.ValidationError(f"“{line[:60]}”: write it as “Size: S, M, L”.")
        if name.strip() in options:
            raise forms.ValidationError(f"“{name.strip()[:60]}” is named twice.")
        options[name.strip()] = values
    return options


def combination_text(options: Mapping[str, str]) -> str:
    """A variant's options: "Size: M, Colour: Red"; as JSON where words hold such signs."""
    if any(sign in f"{name}{value}" for name, value in options.items() for sign in ",:{"):
        return msgspec.json.encode(dict(options)).decode()
    return ", ".join(f"{name}: {value}" for name, value in options.items())


def read_combination(text: str) -> dict[str, str]:
    """From either. Raises ValidationError."""
    text = text.strip()
    wrong = forms.ValidationError("Write it as “Size: M, Colour: Red”.")
    if text.startswith("{"):
        try:
            found = msgspec.json.decode(text, type=dict[str, str])
        except (msgspec.DecodeError, ValueError):
            raise wrong from None
        return found
    made: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, colon, value = part.partition(":")
        if not colon or not name.strip() or not value.strip() or name.strip() in made:
            raise wrong
        made[name.strip()] = value.strip()
    return made


def option_words(words: Mapping[str, str]) -> str:
    """A line a word: "Size = Taille"."""
    return "\n".join(f"{word} = {text}" for word, text in words.items())


def read_words(text: str) -> dict[str, str]:
    """From such lines. Raises ValidationError."""
    made: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        word, sign, translation = line.partition("=")
        if not sign or not word.strip():
            raise forms.ValidationError(f"“{line[:60]}”: write it as “Size = Taille”.")
        made[word.strip()] = translation.strip()
    return made
