"""Carriers, and where a parcel of theirs is followed. Pure; a name nobody knows has no page."""

from urllib.parse import quote

PAGES = {
    "aramex": "https://www.aramex.com/track/results?ShipmentNumber={}",
    "australia post": "https://auspost.com.au/mypost/track/details/{}",
    "canada post": "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={}",
    "chronopost": "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={}",
    "colissimo": "https://www.laposte.fr/outils/suivre-vos-envois?code={}",
    "deutsche post": "https://www.dhl.de/de/privatkunden/dhl-sendungsverfolgung.html?piececode={}",
    "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}",
    "dpd": "https://www.dpd.com/tracking?parcelNumber={}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "gls": "https://gls-group.com/track/{}",
    "japan post": "https://trackings.post.japanpost.jp/services/srv/search/direct?locale=en"
    "&reqCodeNo1={}",
    "la poste": "https://www.laposte.fr/outils/suivre-vos-envois?code={}",
    "royal mail": "https://www.royalmail.com/track-your-item#/tracking-results/{}",
    "ups": "https://www.ups.com/track?tracknum={}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
}


def tracking_url(carrier: str, tracking_number: str) -> str:
    """The carrier's page of a parcel; "" without a number, or for a carrier we do not know.

    "DHL Express" and "dhl" are both DHL: the longest known name a carrier's begins with counts.
    """
    if not tracking_number.strip():
        return ""
    name = " ".join(carrier.lower().split())
    known = [one for one in PAGES if name == one or name.startswith(f"{one} ")]
    if not known:
        return ""
    return PAGES[max(known, key=len)].format(quote(tracking_number.strip(), safe=""))
