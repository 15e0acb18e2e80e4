"""How the gateways' webhooks are doing: what arrived, in which rhythm, and what went wrong."""
