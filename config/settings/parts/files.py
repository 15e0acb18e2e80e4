"""Uploads: a folder on this machine, or an S3 bucket once AWS_STORAGE_BUCKET_NAME is given."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.settings import env
from core.files.bucket import bucket, bucket_origin

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

FILE_UPLOAD_HANDLERS = [
    "core.files.handler.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
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


FOLDER: dict[str, Any] = {
    "BACKEND": "core.files.storage.DurableStorage",
    "OPTIONS": {"allow_overwrite": True, "file_permissions_mode": 0o640},
}
UPLOADS = (
    bucket(
        _BUCKET,
        minutes=UPLOAD_LINK_MINUTES,
        region=_REGION,
        endpoint=_ENDPOINT,
        key_id=_KEY_ID,
        key=_KEY,
    )
    if _BUCKET
    else FOLDER
)
MEDIA_ORIGINS = [MEDIA_BASE_URL] if MEDIA_BASE_URL else []
if _BUCKET:
    MEDIA_ORIGINS.append(bucket_origin(_BUCKET, region=_REGION, endpoint=_ENDPOINT))
