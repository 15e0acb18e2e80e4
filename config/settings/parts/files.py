"""Uploads: a folder on this machine, or an S3 bucket once AWS_STORAGE_BUCKET_NAME is given."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.settings import env

UPLOAD_IMAGE_MAX_MB = env.number("UPLOAD_IMAGE_MAX_MB", 10, at_least=1)
UPLOAD_IMAGE_MAX_MEGAPIXELS = env.number("UPLOAD_IMAGE_MAX_MEGAPIXELS", 40, at_least=1)
UPLOAD_DOCUMENT_MAX_MB = env.number("UPLOAD_DOCUMENT_MAX_MB", 20, at_least=1)
UPLOAD_VENDOR_QUOTA_MB = env.number("UPLOAD_VENDOR_QUOTA_MB", 2000, at_least=1)
UPLOAD_PRODUCT_MEDIA_MAX = env.number("UPLOAD_PRODUCT_MEDIA_MAX", 30, at_least=1)
UPLOAD_LINK_MINUTES = env.number("UPLOAD_LINK_MINUTES", 10, at_least=1)
UPLOAD_UNDO_DAYS = env.number("UPLOAD_UNDO_DAYS", 7, at_least=0)
MEDIA_BASE_URL = env.text("MEDIA_BASE_URL").rstrip("/")
if MEDIA_BASE_URL and not MEDIA_BASE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("MEDIA_BASE_URL must begin with https:// or http://.")

FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576  # larger ones go to a temporary file while they arrive
DATA_UPLOAD_MAX_NUMBER_FILES = 20  # of one form

_BUCKET = env.text("AWS_STORAGE_BUCKET_NAME")
_ENDPOINT = env.text("AWS_S3_ENDPOINT_URL").rstrip("/")
_REGION = env.text("AWS_S3_REGION_NAME")
_KEY_ID, _KEY = env.text("AWS_ACCESS_KEY_ID"), env.text("AWS_SECRET_ACCESS_KEY")
if bool(_KEY_ID) != bool(_KEY):
    raise ImproperlyConfigured("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together.")
if _ENDPOINT and not _ENDPOINT.startswith(("https://", "http://")):
    raise ImproperlyConfigured("AWS_S3_ENDPOINT_URL must begin with https:// or http://.")


def bucket(
    name: str, *, region: str = "", endpoint: str = "", key_id: str = "", key: str = ""
) -> dict[str, Any]:
    """A private bucket: nothing in it is public, addresses are signed and short-lived.

    Without keys boto3 finds them where AWS puts them (instance role, ~/.aws).
    """
    from botocore.config import Config  # takes a while to load, and most start without it

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": name,
            "region_name": region or None,
            "endpoint_url": endpoint or None,
            "access_key": key_id or None,
            "secret_key": key or None,
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": UPLOAD_LINK_MINUTES * 60,
            "file_overwrite": True,  # names are random; small pictures are made anew in place
            "client_config": Config(
                signature_version="s3v4",
                connect_timeout=3,
                read_timeout=20,
                retries={"max_attempts": 3, "mode": "standard"},
                s3={"addressing_style": "path" if endpoint else "virtual"},
            ),
        },
    }


def bucket_origin(name: str, *, region: str = "", endpoint: str = "") -> str:
    """Where browsers are sent to fetch what is in the bucket, for the content security policy."""
    if endpoint:
        return endpoint
    return (
        f"https://{name}.s3.{region}.amazonaws.com"
        if region
        else f"https://{name}.s3.amazonaws.com"
    )


FOLDER: dict[str, Any] = {
    "BACKEND": "core.files.storage.DurableStorage",
    "OPTIONS": {"allow_overwrite": True, "file_permissions_mode": 0o640},
}
UPLOADS = (
    bucket(_BUCKET, region=_REGION, endpoint=_ENDPOINT, key_id=_KEY_ID, key=_KEY)
    if _BUCKET
    else FOLDER
)
MEDIA_ORIGINS = [MEDIA_BASE_URL] if MEDIA_BASE_URL else []
if _BUCKET:
    MEDIA_ORIGINS.append(bucket_origin(_BUCKET, region=_REGION, endpoint=_ENDPOINT))
