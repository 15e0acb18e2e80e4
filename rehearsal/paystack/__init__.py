"""Paystack, played."""
