"""Where webhooks arrive: verified, stored, committed, then answered. Nothing else happens here."""

from core.intake.arrival import Arrival, Headers, SignatureRefused, Verifier
from core.intake.sources import register_source

__all__ = ["Arrival", "Headers", "SignatureRefused", "Verifier", "register_source"]
