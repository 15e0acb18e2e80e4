"""What is personal on this floor."""

from core.personal_data import Fate, declare

declare(
    "notifications.Notification",
    user="user_id",
    email="email",
    fields={"email": Fate.EMPTY, "context": Fate.EMPTY, "language": Fate.KEEP},
    not_personal=["dedupe_key"],
)
declare(
    "notifications.Delivery",
    user="notification__user_id",
    email="notification__email",
    fields={"target": Fate.PSEUDONYMISE, "reason": Fate.EMPTY},
)
declare(
    "notifications.Device",
    user="user_id",
    fields={
        "token": Fate.DELETE,
        "platform": Fate.DELETE,
        "installation_id": Fate.DELETE,
        "app_version": Fate.DELETE,
        "locale": Fate.DELETE,
        "time_zone": Fate.DELETE,
    },
)
declare(
    "notifications.TopicSubscription",
    user="user_id",
    fields={"token": Fate.DELETE, "token_kind": Fate.DELETE},
)
declare(
    "notifications.DeliveryEvent",
    user="delivery__notification__user_id",
    email="delivery__notification__email",
    not_personal=["detail"],  # addresses are taken out before it is written
)
# A keyed hash names nobody, and must outlive whoever asks to be forgotten.
declare("notifications.Suppression", not_personal=["address_hash", "lifted_because"])
# What somebody said about their mail outlives the login: it is how we know not to write again.
declare("notifications.Preference", user="user_id", fields={"address_key": Fate.KEEP})
declare("notifications.ChoiceRecord", user="user_id", fields={"address_key": Fate.KEEP})
declare("notifications.QuietHours", user="user_id", fields={"starts": Fate.DELETE})
declare("notifications.WeeklyRound", not_personal=["time_zone"])
# What the shop says, not what anybody is.
declare("notifications.Template")
declare(
    "notifications.TemplateVersion",
    not_personal=[
        "subject",
        "preheader",
        "html",
        "text",
        "push_title",
        "push_body",
        "findings",
    ],
)
declare(
    "notifications.SentCopy",
    user="delivery__notification__user_id",
    email="delivery__notification__email",
    fields={"subject": Fate.EMPTY, "text": Fate.EMPTY, "html": Fate.EMPTY},
    not_personal=["digest", "language"],
)
declare("notifications.DayFigure", not_personal=["number"])
declare(
    "notifications.CampaignRecipient",
    user="user_id",
    email="email",
    fields={
        "email": Fate.EMPTY,
        "address_key": Fate.EMPTY,
        "name": Fate.EMPTY,
        "reason": Fate.EMPTY,
        "language": Fate.KEEP,
    },
)
declare("notifications.Campaign", not_personal=["name", "filters"])
declare("notifications.CampaignText", not_personal=["subject", "body"])
