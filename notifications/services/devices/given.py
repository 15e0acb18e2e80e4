"""What an app tells about its installation, checked."""

import re
from dataclasses import dataclass

from core.errors import Invalid
from core.time_zones import time_zones
from notifications.enums import Platform, TokenKind
from notifications.models.device import INSTALLATION_LENGTH, TOKEN_LENGTH

# Registration tokens begin with the Firebase installation id they were made for.
WITH_FID = re.compile(r"^([A-Za-z0-9_-]{22}):")
VERSION_LENGTH, LOCALE_LENGTH = 40, 20
LOCALE = re.compile(r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")


@dataclass(frozen=True, slots=True)
class Given:
    """One registration as the app sent it. Empty texts: not told."""

    token: str
    platform: str
    token_kind: str = TokenKind.TOKEN
    installation_id: str = ""
    app_version: str = ""
    locale: str = ""
    time_zone: str = ""

    def check(self) -> None:
        """Raises Invalid, naming every field that cannot be meant."""
        wrong: dict[str, list[str]] = {}
        if not self.token or len(self.token) > TOKEN_LENGTH or not self.token.isprintable():
            wrong["token"] = [f"A token has 1 to {TOKEN_LENGTH} printable characters."]
        if self.platform not in Platform.values:
            wrong["platform"] = [f"One of {', '.join(Platform.values)}."]
        if self.token_kind not in TokenKind.values:
            wrong["kind"] = [f"One of {', '.join(TokenKind.values)}."]
        for name, cap in (
            ("installation_id", INSTALLATION_LENGTH),
            ("app_version", VERSION_LENGTH),
        ):
            told: str = getattr(self, name)
            if len(told) > cap or (told and not told.isprintable()):
                wrong[name] = [f"At most {cap} printable characters."]
        if self.locale and (len(self.locale) > LOCALE_LENGTH or not LOCALE.match(self.locale)):
            wrong["locale"] = ["A language tag, such as de-AT."]
        if self.time_zone and self.time_zone not in time_zones():
            wrong["time_zone"] = ["A time zone's name, such as Europe/Vienna."]
        if wrong:
            raise Invalid("The device cannot be registered.", details=wrong)

    @property
    def installation(self) -> str:
        """What stays when the token changes: told by the app, or read from the token; or ""."""
        if self.installation_id:
            return self.installation_id
        if self.token_kind == TokenKind.FID:
            return self.token[:INSTALLATION_LENGTH]
        found = WITH_FID.match(self.token)
        return found[1] if found else ""
