"""The FCM face."""

from __future__ import annotations

from rehearsal.face import Doorplate, Face


class FcmFace(Face):
    """Push messages."""

    slug = "fcm"

    def doorplate(self) -> Doorplate:
        """What the start page says."""
        return Doorplate("Push (FCM)", "Takes push messages.", [], [])
