"""Our own name for a payment: what the payer, the gateway and the books know it by."""

import base64
import secrets


def new_reference() -> str:
    """ "tw-" and 128 random bits in letters and digits: nobody can guess another's payment.

    Only a-z, 2-7 and "-": the narrowest alphabet any gateway takes (Paystack).
    """
    return f"tw-{new_token()}"


def new_token() -> str:
    """128 random bits as 26 letters and digits."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
