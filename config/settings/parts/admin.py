"""The admin's look: django-unfold."""

UNFOLD = {"SITE_TITLE": "Tradewind", "SITE_HEADER": "Tradewind", "SITE_URL": "/"}
