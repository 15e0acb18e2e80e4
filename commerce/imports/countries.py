"""Country names as shops wrote them, to ISO 3166 codes."""

from functools import cache

from commerce.addresses import countries

UNKNOWN = "ZZ"  # CLDR's "unknown region"
ALIASES = {
    "eire": "IE",
    "rsa": "ZA",
    "usa": "US",
    "uk": "GB",
    "hong kong": "HK",
    "czech republic": "CZ",
    "korea": "KR",
    "channel islands": "JE",  # Jersey and Guernsey were one line in old price lists
    "european community": "EU",
    "unspecified": UNKNOWN,
}


def country_code(name: str) -> str:
    """Two letters for an English country name or a code; ZZ for what nobody knows."""
    folded = name.strip().casefold()
    if len(folded) == 2 and folded.upper() in countries():
        return folded.upper()
    return ALIASES.get(folded) or _by_name().get(folded, UNKNOWN)


@cache
def _by_name() -> dict[str, str]:
    return {name.casefold(): code for code, name in countries().items()}
