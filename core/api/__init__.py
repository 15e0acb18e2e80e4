"""The API frame. See README.md beside this file.

Names are looked up when first used: importing them here at once would load views before the apps
are ready (settings name classes of this package).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rest_framework.response import Response

    from core.api.fields import (
        Input,
        JsonField,
        MoneyField,
        TextField,
        TrueFalseField,
        WholeNumberField,
    )
    from core.api.idempotency import idempotent
    from core.api.lists import DetailView, Filter, ListView
    from core.api.rows import Many, One, Rows, made, money
    from core.api.views import ApiView

__all__ = [
    "ApiView",
    "DetailView",
    "Filter",
    "Input",
    "JsonField",
    "ListView",
    "Many",
    "MoneyField",
    "One",
    "Response",
    "Rows",
    "TextField",
    "TrueFalseField",
    "WholeNumberField",
    "idempotent",
    "made",
    "money",
]

_HOMES = {
    "core.api.views": ["ApiView"],
    "core.api.lists": ["DetailView", "Filter", "ListView"],
    "core.api.rows": ["Many", "One", "Rows", "made", "money"],
    "core.api.idempotency": ["idempotent"],
    "rest_framework.response": ["Response"],
    "core.api.fields": [
        "Input",
        "JsonField",
        "MoneyField",
        "TextField",
        "TrueFalseField",
        "WholeNumberField",
    ],
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(name)
    return getattr(import_module(_HOME_OF[name]), name)
