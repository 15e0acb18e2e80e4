"""Commissions: earned when money comes in, held back or reversed when it goes."""
