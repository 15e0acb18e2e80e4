"""Razorpay: payment links, orders, payments, refunds, disputes, subscriptions, signed webhooks."""
