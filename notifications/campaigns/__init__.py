from notifications.campaigns.audiences import AUDIENCES, Audience, Filter, audience_called, register

__all__ = ["AUDIENCES", "Audience", "Filter", "audience_called", "register"]
