"""A real shop's history through the general importer, by the ledger's rules."""
