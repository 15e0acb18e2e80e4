"""Made-up money for the made-up shop: payments that look as if they had been made."""
