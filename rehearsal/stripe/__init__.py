"""The Stripe face: its API, its hosted payment page and its signed webhooks."""
