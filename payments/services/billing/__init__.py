"""Subscriptions: plans, pages, what the gateways tell, access, invoices, dunning."""
