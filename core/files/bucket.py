"""How an S3 bucket is set up as a storage (django-storages); read by the settings."""

from typing import Any


def bucket(
    name: str,
    *,
    minutes: int = 10,
    region: str = "",
    endpoint: str = "",
    key_id: str = "",
    key: str = "",
) -> dict[str, Any]:
    """A private bucket: nothing in it is public, addresses are signed and short-lived.

    Without keys boto3 finds them where AWS puts them (instance role, ~/.aws).
    """
    # loaded here: it takes a while, and most start without it
    from botocore.config import Config  # type: ignore[import-untyped]

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
            "querystring_expire": minutes * 60,
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
