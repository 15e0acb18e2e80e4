"""What this floor does when news arrives, an idea a file."""

from payments.subscribers import billing, money, receipts, referrals, unknown

__all__ = ["billing", "money", "receipts", "referrals", "unknown"]
