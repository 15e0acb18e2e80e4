"""The envelope in the OpenAPI document: around every success, and one refusal per status."""

from typing import Any

from core.api import envelope
from core.api.schema.shapes import MONEY_INPUT_SHAPE, MONEY_SHAPE

PREFIX = "/api/v1/"
COMMON: dict[str, Any] = {
    "timestamp": {"type": "string", "format": "date-time"},
    "requestId": {"type": "string", "description": "Also the header X-Request-ID."},
}
LINK = {"anyOf": [{"type": "string", "format": "uri"}, {"type": "null"}]}
SCHEMAS: dict[str, Any] = {
    "Money": MONEY_SHAPE,
    "MoneyInput": MONEY_INPUT_SHAPE,
    "PageMeta": {
        "type": "object",
        "required": ["next", "previous", "count"],
        "additionalProperties": False,
        "properties": {
            "next": LINK,
            "previous": LINK,
            "count": {"type": "integer", "minimum": 0},
            "count_is_estimate": {
                "type": "boolean",
                "description": "Present and true above 1,000 rows: `count` is then estimated.",
            },
        },
    },
    "Refusal": {
        "type": "object",
        "required": ["success", "error", "timestamp", "requestId"],
        "additionalProperties": False,
        "properties": {
            "success": {"const": False},
            "error": {
                "type": "object",
                "required": ["code", "message", "details"],
                "additionalProperties": False,
                "properties": {
                    "code": {"type": "string", "enum": sorted(set(envelope.CODES.values()))},
                    "message": {"type": "string"},
                    "details": {
                        "type": "object",
                        "description": "A field's name and its reasons; {} where there is none.",
                    },
                },
            },
            **COMMON,
        },
    },
}
WORDS = {
    400: "The input is wrong; `details` names the fields.",
    401: "Credentials are missing or not good.",
    403: "The credentials do not reach this.",
    404: "There is no such thing, or it is not yours to see.",
    405: "The method is not offered.",
    406: "The caller does not take JSON.",
    409: "It changed meanwhile, or its state does not allow this.",
    413: "The body is too large.",
    415: "The body is not JSON in UTF-8.",
    422: "Well-formed, but cannot be done.",
    429: "Too often; see Retry-After.",
    500: "Our fault.",
    502: "An outside service did not answer as it should.",
    503: "Not at the moment; see Retry-After.",
}
ALWAYS = (400, 405, 406, 429, 500, 503)


def tell_the_envelope(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Postprocessing hook of drf-spectacular."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(SCHEMAS)
    components["responses"] = {
        f"Refusal{status}": {
            "description": words,
            "content": {envelope.JSON: {"schema": {"$ref": "#/components/schemas/Refusal"}}},
        }
        for status, words in WORDS.items()
    }
    _say_null_as_in_3_1(result)
    for path, operations in result["paths"].items():
        if path.startswith(PREFIX):
            for method, operation in operations.items():
                _tell(operation, path, method)
    return result


def _say_null_as_in_3_1(node: Any) -> None:
    """`nullable` is a word of OpenAPI 3.0, which 3.1 does not know; hand-written shapes use it."""
    if isinstance(node, dict):
        if node.pop("nullable", False) is True and isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            _say_null_as_in_3_1(child)


def _tell(operation: dict[str, Any], path: str, method: str) -> None:
    responses = operation["responses"]
    for status, response in responses.items():
        content = response.get("content", {})
        if status.startswith("2") and content:
            schema = next(iter(content.values())).get("schema", {})
            response["content"] = {envelope.JSON: {"schema": _wrapped(operation, schema)}}
            response["description"] = response.get("description") or "Done."
        elif not response.get("description"):
            response["description"] = "Done, nothing to say."
    for status in _refusals(operation, path, method):
        responses.setdefault(str(status), {"$ref": f"#/components/responses/Refusal{status}"})
    operation["responses"] = dict(sorted(responses.items()))


def _wrapped(operation: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    names = {parameter.get("name") for parameter in operation.get("parameters", [])}
    properties: dict[str, Any] = {"success": {"const": True}, "data": data, **COMMON}
    if "cursor" in names:
        properties["meta"] = {"$ref": "#/components/schemas/PageMeta"}
    return {
        "type": "object",
        "required": sorted(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _refusals(operation: dict[str, Any], path: str, method: str) -> list[int]:
    """The statuses an operation may be refused with."""
    # 401 also where no credentials are needed: those that are sent must be good
    found = [*ALWAYS, 401, 403]
    if "{" in path:
        found.append(404)
    if method in {"post", "put", "patch", "delete"}:
        found += [404, 409, 422, 502]
    if "requestBody" in operation:
        found += [413, 415]
    return sorted(set(found))
