"""What is personal on the money floor."""

from core.personal_data import Fate, declare

# Books and receipts are kept by law; what does not name anybody may stay.
declare(
    "payments.Payment",
    customer="customer_id",
    user="user_id",
    email="email",
    fields={
        "email": Fate.PSEUDONYMISE,
        "customer_id": Fate.KEEP,
        "user_id": Fate.KEEP,
        "description": Fate.KEEP,
    },
)
declare("payments.PaymentAttempt", customer="payment__customer_id", user="payment__user_id")
declare(
    "payments.PaymentEvent",
    customer="attempt__payment__customer_id",
    user="attempt__payment__user_id",
    fields={"details": Fate.KEEP},
)
# What staff wrote about a refund or a dispute belongs to the books they explain.
declare(
    "payments.Refund",
    customer="payment__customer_id",
    user="payment__user_id",
    fields={"reason": Fate.KEEP},
)
declare(
    "payments.Dispute",
    customer="payment__customer_id",
    user="payment__user_id",
    fields={"reason": Fate.KEEP, "notes": Fate.KEEP},
)
declare("payments.LedgerAccount", not_personal=["name"])
declare("payments.ReconciliationRun", not_personal=["listed", "totals"])
declare(
    "payments.BillingCustomer",
    user="user_id",
    email="email",
    fields={"email": Fate.PSEUDONYMISE, "name": Fate.PSEUDONYMISE},
)
declare("payments.CheckoutSession", user="user_id")
declare("payments.Subscription", user="user_id", fields={"user": Fate.KEEP})
declare("payments.SubscriptionEvent", user="subscription__user_id", fields={"seen": Fate.KEEP})
declare("payments.SubscriptionInvoice", user="subscription__user_id")
declare("payments.Plan", not_personal=["name", "features", "limits"])
# Who was paid what for bringing whom is kept with the books; where the money went is not.
declare(
    "payments.Payee",
    user="id",
    fields={"name": Fate.PSEUDONYMISE, "bank_account": Fate.EMPTY},
)
declare("payments.ReferralCode", user="user_id", fields={"code": Fate.KEEP})
declare("payments.Referral", user="referred_id")
declare("payments.Commission", user="beneficiary_id", fields={"explanation": Fate.KEEP})
declare("payments.Payout", user="payee_id", fields={"bank_reference": Fate.KEEP})

# A receipt is a document of the books: what stands on it stays for as long as the law asks.
declare(
    "payments.Receipt",
    customer="payment__customer_id",
    user="user_id",
    fields={"user_id": Fate.KEEP, "contents": Fate.KEEP},
)
declare("payments.LegalEntity", not_personal=["name", "address", "email", "country"])
