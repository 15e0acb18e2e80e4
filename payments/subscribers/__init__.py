"""What this floor does when news arrives, an idea a file."""

from payments.subscribers import billing, disputes, money, receipts, referrals, refunds, unknown

__all__ = ["billing", "disputes", "money", "receipts", "referrals", "refunds", "unknown"]
