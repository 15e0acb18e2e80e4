"""What this floor does when news arrives, an idea a file."""

from payments.subscribers import billing, money, referrals, unknown

__all__ = ["billing", "money", "referrals", "unknown"]
