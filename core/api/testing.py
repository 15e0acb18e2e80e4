"""For tests of any floor: does an answer say what the OpenAPI document says?

response = client.get("/api/v1/orders/?limit=2")
assert_matches_schema(response)
"""

import re
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.urls import get_urlconf

from core.api.schema.views import document

_PLACE = re.compile(r"<(?:[^:>]+:)?([^>]+)>")


def assert_matches_schema(response: Any) -> None:
    """Status, headers and body are described, and the body fits. Raises AssertionError.

    `response` comes from Django's test client.
    """
    request = response.wsgi_request
    path = "/" + _PLACE.sub(r"{\1}", response.resolver_match.route)
    described = document(get_urlconf() or settings.ROOT_URLCONF)
    operation = described["paths"].get(path, {}).get(request.method.lower())
    assert operation, f"{request.method} {path} is not described."  # noqa: S101 - a test's tool
    status = str(response.status_code)
    assert status in operation["responses"], (  # noqa: S101
        f"{request.method} {path} answers {status}, described are {list(operation['responses'])}."
    )
    told = operation["responses"][status]
    if "$ref" in told:
        told = described["components"]["responses"][told["$ref"].rpartition("/")[2]]
    content = told.get("content")
    if not content:
        assert not response.content, f"{status} is described without a body."  # noqa: S101
        return
    kind = response["Content-Type"].partition(";")[0]
    assert kind in content, f"{kind} is not among {list(content)}."  # noqa: S101
    check_value(response.json(), content[kind]["schema"], described)
    if response.status_code < 400 and "fields" not in parse_qs(request.META["QUERY_STRING"]):
        _check_complete(response.json()["data"], content[kind]["schema"])


def check_value(value: Any, schema: dict[str, Any], described: dict[str, Any]) -> None:
    """A value fits a schema of the document. Raises AssertionError naming the place."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    whole = {**schema, "components": described["components"]}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    problems = [
        f"{'.'.join(str(step) for step in problem.absolute_path)}: {problem.message[:300]}"
        for problem in validator.iter_errors(value)
    ]
    assert not problems, "\n".join(problems)  # noqa: S101


def _check_complete(data: Any, schema: dict[str, Any]) -> None:
    """Without `?fields=` every described column is there."""
    shape = schema["properties"]["data"]
    rows = data if isinstance(data, list) else [data]
    shape = shape.get("items", shape)
    if shape.get("additionalProperties") is not False:
        return
    always = {
        name
        for name, part in shape["properties"].items()
        if not str(part.get("description", "")).startswith("With ?expand=")
    }
    for row in rows:
        assert always <= set(row), f"missing: {sorted(always - set(row))}"  # noqa: S101
