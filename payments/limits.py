"""How often the doors of this floor may be tried, per caller's address."""

from core.limits import Limit

START = Limit("payments-start", "100/15minutes")
VERIFY = Limit("payments-verify", "100/15minutes")
VERIFY_ONE = Limit("payments-verify-one", "20/minute")  # each may cost a call to the gateway
RECEIPT = Limit("payments-receipt", "300/15minutes")  # each is set anew
CHECKOUT = Limit("billing-checkout", "3/minute")
BILLING_STEP = Limit("billing-step", "10/minute")  # each may cost a call to the gateway
REFERRAL_CODE = Limit("referral-code", "10/hour")  # per person: codes are not guessed in bulk
