"""A product's pictures and documents: put there, described, ordered, taken away, put back."""

from commerce.services.media.adding import add_media
from commerce.services.media.arranging import arrange_media, change_media
from commerce.services.media.removing import put_back_media, remove_media

__all__ = ["add_media", "arrange_media", "change_media", "put_back_media", "remove_media"]
