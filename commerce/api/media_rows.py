"""What pictures and documents of products look like in the API: JSON made by the database, so that
a page of products with all their pictures is one query."""

from typing import Any
from uuid import UUID

import msgspec
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from commerce.models import ProductMedia
from core.enums import FileKind, ThumbnailState
from core.files.limits import THUMBNAIL_EDGES
from core.files.links import public_url, thumbnail_urls
from core.files.names import saved_as

MEDIA = """
SELECT m.product_id, m.id, m.kind, m.position, m.variant_id, m.alt::text, f.key, f.original_name,
       f.mime, f.size, f.width, f.height, f.thumbnails
FROM commerce_productmedia m JOIN core_storedfile f ON f.id = m.file_id
WHERE m.product_id = ANY(%s) AND m.removed_at IS NULL ORDER BY m.product_id, m.position, m.id
"""
MEDIA_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [
        "id", "kind", "position", "variant", "alt", "name", "type", "size", "width", "height",
        "url", "thumbnails", "thumbnails_state",
    ],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "kind": {"type": "string", "enum": FileKind.values},
        "position": {"type": "integer", "description": "0 is first"},
        "variant": {"type": "string", "format": "uuid", "nullable": True},
        "alt": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "What it shows, by language",
        },
        "name": {"type": "string", "description": "Under which it is saved"},
        "type": {"type": "string", "description": "MIME type, found out from the content"},
        "size": {"type": "integer", "description": "Bytes"},
        "width": {"type": "integer", "nullable": True},
        "height": {"type": "integer", "nullable": True},
        "url": {"type": "string", "description": "Stable; may be kept in caches for ever"},
        "thumbnails": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Addresses of smaller WebPs by their longest edge in pixels, "
            f"{', '.join(map(str, THUMBNAIL_EDGES))}; while they are being made the whole "
            "picture is served there. Documents have none.",
        },
        "thumbnails_state": {"type": "string", "enum": ThumbnailState.values},
    },
}  # fmt: skip


def media_of(product_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """What hangs on products, each in its order; for a page one statement."""
    made: dict[UUID, list[dict[str, Any]]] = {product_id: [] for product_id in product_ids}
    with connection.cursor() as cursor:
        cursor.execute(MEDIA, [product_ids])
        for (
            product_id, media_id, kind, position, variant, alt, key, name, mime, size, width,
            height, state,
        ) in cursor.fetchall():  # fmt: skip
            made[product_id].append(
                _shown(
                    {
                        "id": media_id, "kind": kind, "position": position, "variant": variant,
                        "alt": msgspec.Raw(alt.encode()), "file": key, "name": name, "type": mime,
                        "size": size, "width": width, "height": height,
                        "thumbnails_state": state,
                    }
                )
            )  # fmt: skip
    return made


def media_json(key: str = "pk") -> ArraySubquery:
    """What hangs on the product of the outer query, in its order."""
    rows = (
        ProductMedia.objects.filter(product=OuterRef(key), removed_at__isnull=True)
        .order_by("position", "pk")
        .values(
            json=JSONObject(
                id="id",
                kind="kind",
                position="position",
                variant="variant_id",
                alt="alt",
                file="file__key",
                name="file__original_name",
                type="file__mime",
                size="file__size",
                width="file__width",
                height="file__height",
                thumbnails_state="file__thumbnails",
            )
        )
    )
    return ArraySubquery(rows)


def shown_media(rows: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """From the database's JSON to the contract's."""
    return [_shown(row) for row in rows or []]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    key, mime = row.pop("file"), row["type"]
    is_picture = row["kind"] == FileKind.IMAGE
    return {
        **row,
        "name": saved_as(row["name"], mime),
        "url": public_url(key, mime),
        "thumbnails": thumbnail_urls(key) if is_picture else {},
    }
