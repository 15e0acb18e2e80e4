"""Names of ours that Stripe keeps for us."""

API_VERSION = "2026-10-28.endive"  # pinned: what the reading code below was written against
REFERENCE_KEY = "tradewind_reference"
ATTEMPT_KEY = "tradewind_attempt"
REFUND_KEY = "tradewind_refund"
