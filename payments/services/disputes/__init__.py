"""A payer's bank takes money back: kept as the gateway shows it, booked as the money moves."""
