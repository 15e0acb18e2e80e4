"""Names of ours that Razorpay keeps for us, in `notes` (15 pairs, 256 characters each)."""

SLUG = "razorpay"
REFERENCE_KEY = "tradewind_reference"
ATTEMPT_KEY = "tradewind_attempt"
REFUND_KEY = "tradewind_refund"
USER_KEY = "tradewind_user"
PRICE_KEY = "tradewind_price"
START_KEY = "tradewind_start"  # under which key a subscription was asked for
