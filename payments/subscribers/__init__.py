"""What this floor does when news arrives, an idea a file."""

from payments.subscribers import money, referrals, unknown

__all__ = ["money", "referrals", "unknown"]
