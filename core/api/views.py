"""The view every API door is made of."""

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAcceptable, ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from core.api import envelope
from core.api.body import MAX_BYTES, take_body
from core.api.idempotency.guard import guarded
from core.api.idempotency.store import Claim
from core.api.refusals import RefusalAnswer
from core.identity import Role, acting_as
from core.identity.middleware import identity_of

METHODS_WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}
InputClass = type[BaseSerializer[Any]]


class ApiView(APIView):
    """One door. Subclasses write `get`, `post` ... and declare who may use them.

    Order of things: credentials, permission, then ONE transaction under the caller's identity
    around the handler, its serialisation and the writing of the answer. What is raised rolls
    back; what is returned is committed, and a commit that fails is still told to the caller.

    `atomic = False` (or `@transaction.non_atomic_requests` on the method) leaves transactions to
    the services: for views that talk to a gateway.
    """

    public: ClassVar[bool | Collection[str]] = False
    scopes: ClassVar[Mapping[str, str | tuple[str, ...]]] = {}
    roles: ClassVar[Collection[Role] | Mapping[str, Collection[Role]]] = ()
    atomic: ClassVar[bool] = True
    max_body_bytes: ClassVar[int] = MAX_BYTES
    input: ClassVar[InputClass | Mapping[str, InputClass] | None] = None
    # what it sends, for the OpenAPI document: Rows, a serializer class or a JSON Schema, or
    # (status, that), or a dict of those per method. Views with `rows` need none for them.
    output: ClassVar[Any] = None
    rolls_back_itself = True
    claim: Claim  # of an @idempotent method, also `request.idempotency`
    # no OPTIONS: preflights are answered by the CORS middleware, the rest stands in the schema
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The view function; it opens its transaction itself, after the caller is known."""
        return transaction.non_atomic_requests(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer one request, always in the envelope."""
        self.args, self.kwargs = args, kwargs
        self.headers: dict[str, str] = {}
        self.personal = False
        self.request = api_request = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(api_request, *args, **kwargs)
            response = self._answer(api_request, *args, **kwargs)
        except Exception as exc:
            response = self.written_refusal(exc)
        if self.personal:
            response.headers.setdefault("Cache-Control", "no-store")
        self.response = response  # type: ignore[assignment]  # any answer, not DRF's only
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Cheap refusals first, then credentials and permission."""
        self.format_kwarg = None
        self.perform_content_negotiation(request)
        if self._handler(request) is None:
            self.http_method_not_allowed(request)
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            raise ParseError("The address holds the character NUL.")
        take_body(request._request, self.max_body_bytes)  # noqa: SLF001 - DRF only wraps it
        self.perform_authentication(request)
        self.personal = bool(request.user.is_authenticated)  # such answers are kept nowhere
        self.check_permissions(request)
        self.check_throttles(request)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """One renderer: the only question is whether the caller takes JSON."""
        accept = request.META.get("HTTP_ACCEPT", "").lower() or "*/*"
        renderer = self.renderer_classes[0]()
        if (
            not force
            and "*/*" not in accept
            and not any(
                part in accept
                for part in ("application/json", "application/*", renderer.media_type)
            )
        ):
            raise NotAcceptable("This door answers application/json.")
        request.accepted_renderer = renderer
        request.accepted_media_type = renderer.media_type
        return renderer, renderer.media_type

    def valid(
        self, serializer: InputClass | None = None, *, partial: bool = False
    ) -> dict[str, Any]:
        """The validated body, by `serializer` or by what the view declares as `input`.

        `partial` takes any part of it (PATCH): nothing is required, no default is filled in.
        Raises ValidationError (400) naming the fields.
        """
        chosen = serializer or self.input_for(str(self.request.method))
        assert chosen is not None, "the view declares no `input`"  # noqa: S101
        context = {"request": self.request, "view": self}
        made = chosen(data=self.request.data, partial=partial, context=context)
        made.is_valid(raise_exception=True)
        return dict(made.validated_data)

    def input_for(self, method: str) -> InputClass | None:
        """What a method takes: `input` is one class or a class per method."""
        if isinstance(self.input, Mapping):
            return self.input.get(method)
        return self.input

    def output_for(self, method: str) -> tuple[int | None, Any]:
        """(status or None, shape or None) of what a method sends."""
        declared = self.output
        if isinstance(declared, Mapping) and set(declared) <= {"GET", *METHODS_WITH_BODY}:
            declared = declared.get(method)
        return declared if isinstance(declared, tuple) else (None, declared)

    def _handler(self, request: Request) -> Callable[..., HttpResponseBase] | None:
        """The method that answers, if there is one."""
        name = str(request.method).lower()
        return getattr(self, name, None) if name in self.http_method_names else None

    def _answer(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Run the handler under the caller's identity."""
        handler = self._handler(request)
        assert handler is not None  # noqa: S101 - `initial` refused it otherwise
        with ExitStack() as stack:
            stack.enter_context(acting_as(identity_of(request.user)))

            def run() -> HttpResponseBase:
                return self._written(handler(request, *args, **kwargs))

            atomic = self.atomic and "default" not in getattr(handler, "_non_atomic_requests", ())
            options = getattr(handler, "idempotent", None)
            if options is not None:
                return guarded(self, request, run, options=options, atomic=atomic)
            if atomic:
                with transaction.atomic():
                    return run()
            return run()

    def written_refusal(self, exc: Exception) -> HttpResponseBase:
        """The answer to an exception, as bytes."""
        return self._written(self.handle_exception(exc))

    def _written(self, response: HttpResponseBase) -> HttpResponseBase:
        """The answer as bytes, while the identity and the transaction still hold."""
        if isinstance(response, Response):
            response.accepted_renderer = self.renderer_classes[0]()
            response.accepted_media_type = envelope.JSON
            response.renderer_context = {"view": self}  # type: ignore[attr-defined]
            response.render()
        for name, value in self.headers.items():
            response[name] = value
        # Django would write a second line for it; ours (core/requests) is enough
        response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
        return response

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """405 with the methods there are."""
        self.headers["Allow"] = ", ".join(self.allowed_methods)
        return super().http_method_not_allowed(request, *args, **kwargs)


__all__ = ["ApiView", "RefusalAnswer"]
