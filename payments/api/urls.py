"""Paths of this floor under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from payments.api.payouts import PayoutsView
from payments.api.receipts import PaymentReceiptView, ReceiptsView
from payments.api.referrals import CommissionsView, ReferralsView
from payments.api.views import (
    PaymentSubmitView,
    PaymentsView,
    PaymentVerifyView,
    PaymentView,
)
from payments.api.views_billing import (
    CheckoutSessionView,
    PlansView,
    PortalView,
    SubscriptionView,
)
from payments.api.views_gateways import GatewaysView
from payments.api.views_ledger import BalancesView
from payments.api.views_refunds import RefundsView

urlpatterns: list[URLPattern | URLResolver] = [
    path("billing/plans/", PlansView.as_view()),
    path("billing/checkout-session/", CheckoutSessionView.as_view()),
    path("billing/subscription/", SubscriptionView.as_view()),
    path("billing/portal/", PortalView.as_view()),
    path("ledger/balances/", BalancesView.as_view()),
    path("payments/gateways/", GatewaysView.as_view()),
    path("payments/", PaymentsView.as_view()),
    path("payments/<slug:reference>/", PaymentView.as_view()),
    path("payments/<slug:reference>/verify/", PaymentVerifyView.as_view()),
    path("payments/<slug:reference>/submit/", PaymentSubmitView.as_view()),
    path("payments/<slug:reference>/refunds/", RefundsView.as_view()),
    path("payments/<slug:reference>/receipt/", PaymentReceiptView.as_view()),
    path("payouts/", PayoutsView.as_view()),
    path("referrals/", ReferralsView.as_view()),
    path("referrals/commissions/", CommissionsView.as_view()),
    path("receipts/", ReceiptsView.as_view()),
]
