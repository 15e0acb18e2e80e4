"""How drf-spectacular reads our views: from what they declare."""

from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import Model
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance

from core.api.fields import Input
from core.api.lists.view import DetailView, ListView, RowsView
from core.api.permissions import one_of
from core.api.rows.rows import Rows
from core.api.schema import parameters
from core.api.schema.shapes import shape_of_rows
from core.api.views import ApiView

ANYTHING: dict[str, Any] = {"description": "See the description of the operation."}
EMPTY = {"type": "string", "maxLength": 0}
USUAL_STATUS = {"POST": 201, "DELETE": 204}


class DoorSchema(AutoSchema):
    """Body, answer and parameters of an ApiView; anything else is left to spectacular."""

    def get_operation_id(self) -> str:
        """Emptying a list is told from deleting one of its things."""
        made: str = super().get_operation_id()
        empties = self.method == "DELETE" and isinstance(self.view, ListView)
        return made.replace("_destroy", "_clear") if empties else made

    def get_tags(self) -> list[str]:
        """Grouped by the first word of the path."""
        words = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return [words[2] if len(words) > 2 else words[-1]]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Any of the credentials; none where the method is public."""
        auth: list[dict[str, list[str]]] = super().get_auth()
        public = getattr(self.view, "public", False)
        if public is True or (public and self.method in public):
            auth.append({})
        return auth

    def get_extensions(self) -> dict[str, Any]:
        """The scope that is needed (one of several), for people who make API keys."""
        scope = getattr(self.view, "scopes", {}).get(self.method)
        return {"x-scope": " | ".join(one_of(scope))} if scope else {}

    def get_request_serializer(self) -> Any:
        """What the view declares as `input`."""
        if isinstance(self.view, ApiView):
            return self.view.input_for(self.method)
        return super().get_request_serializer()

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """What an Input does not name it refuses."""
        made = super()._map_basic_serializer(serializer, direction)
        if isinstance(force_instance(serializer), Input):
            made["additionalProperties"] = False
        return made

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        """An empty text may be what the pattern allows as well: "one of them" would refuse it."""
        super()._insert_field_validators(field, schema)
        if EMPTY in schema.get("oneOf", ()):
            schema["anyOf"] = schema.pop("oneOf")

    def get_response_serializers(self) -> Any:
        """What the view declares as `output`, or its `rows`."""
        if not isinstance(self.view, ApiView):
            return super().get_response_serializers()
        status, output = self.view.output_for(self.method)
        view = self.view
        if output is None and isinstance(view, RowsView) and self.method != "DELETE":
            output = view.rows
        status = status or USUAL_STATUS.get(self.method, 200)
        if status == 204:
            return {status: None}
        if isinstance(output, Rows):
            output = shape_of_rows(output, self._model_of(output))
            if self._is_list_view():
                output = {"type": "array", "items": output}
        return {status: output if output is not None else ANYTHING}

    def _is_list_view(self, serializer: Any = None) -> bool:
        """GET of a ListView; arrays of other views are declared as such."""
        if isinstance(self.view, ApiView):
            return isinstance(self.view, ListView) and self.method == "GET"
        return bool(super()._is_list_view(serializer))

    def _get_response_for_code(
        self,
        serializer: Any,
        status_code: Any,
        media_types: Any = None,
        direction: Any = "response",
    ) -> dict[str, Any]:
        """Shapes are complete already: spectacular must not wrap lists a second time."""
        if isinstance(serializer, dict) and isinstance(self.view, ApiView):
            return {
                "description": "",
                "content": {"application/json": {"schema": serializer}},
            }
        made: dict[str, Any] = super()._get_response_for_code(
            serializer, status_code, media_types, direction or "response"
        )
        return made

    def _get_parameters(self) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = super()._get_parameters()
        if not isinstance(self.view, ApiView):
            return made
        if getattr(getattr(self.view, self.method.lower(), None), "idempotent", None):
            made.append(parameters.IDEMPOTENCY_KEY)
        if isinstance(self.view, ListView) and self.method == "GET":
            made += parameters.of_list(self.view, self._model_of(self.view.rows))
        elif isinstance(self.view, RowsView) and self.method == "GET":
            made += parameters.of_shape(self.view.rows) + parameters.of_language(self.view)
        return made

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        return []

    def _get_pagination_parameters(self) -> list[dict[str, Any]]:
        return []

    def _model_of(self, rows: Rows) -> type[Model] | None:
        """The model behind a view's rows."""
        if rows.model is not None:
            return rows.model
        if not isinstance(self.view, RowsView) or rows is not self.view.rows:
            return None
        return model_shown_by(self.view)


STAND_INS = (UUID(int=0), 0, "none")  # for what a path would name


def model_shown_by(view: RowsView) -> type[Model] | None:
    """The model a view's `queryset_for` returns rows of, found by asking it as nobody.

    None where it cannot be asked without real rows; `Rows(model=...)` says it there.
    """
    request = view.request
    request.user, request.auth = AnonymousUser(), None
    named = view.lookup if isinstance(view, DetailView) else {}
    for stand_in in STAND_INS:
        view.kwargs = _AnyName(stand_in, named)
        try:
            with transaction.atomic() if connection.in_atomic_block else nullcontext():
                return view.queryset_for(request).model
        except Exception:  # noqa: S112 - whatever it minds, the next stand-in may do
            continue
    return None


class _AnyName(dict[str, Any]):
    """Path arguments of which each has the same value."""

    def __init__(self, value: Any, names: Any) -> None:
        super().__init__(dict.fromkeys(names, value))
        self.value = value

    def __missing__(self, name: str) -> Any:
        return self.value
