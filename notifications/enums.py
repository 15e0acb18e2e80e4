"""Words of this floor, and which state may follow which."""

from django.db import models


class Category(models.TextChoices):
    """Why a message is sent; decides what a person may switch off."""

    ESSENTIAL = "essential", "Essential"  # money, access: not to be switched off
    SERVICE = "service", "Service"
    MARKETING = "marketing", "Marketing"


class Subject(models.TextChoices):
    """What a message is about: people choose by it (notifications/choices)."""

    ACCOUNT = "account", "Your account"
    ORDERS = "orders", "Orders"
    PAYMENTS = "payments", "Payments"
    SUBSCRIPTIONS = "subscriptions", "Subscriptions"
    PROGRESS = "progress", "Progress and weekly report"
    REFERRALS = "referrals", "People you brought"
    VENDOR = "vendor", "Selling as a vendor"
    CARTS = "carts", "Reminders of a cart"
    OFFERS = "offers", "Offers and news"
    SHOP = "shop", "Running the shop"


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    PUSH = "push", "Push"
    IN_APP = "in_app", "In the app"


class DeliveryState(models.TextChoices):
    """What became of one message to one target. `reason` says why in a sentence."""

    QUEUED = "queued", "Queued"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    DEFERRED = "deferred", "Delayed by the receiver"
    DELIVERED = "delivered", "Delivered"
    BOUNCED = "bounced", "Came back"
    COMPLAINED = "complained", "Called spam"
    FAILED = "failed", "Failed"
    SUPPRESSED = "suppressed", "Not sent on purpose"
    UNCERTAIN = "uncertain", "Perhaps sent"
    DEAD = "dead", "Given up"
    WAITING = "waiting", "Waits for quiet hours to end"
    MERGED = "merged", "Told within a digest"


S = DeliveryState
# What a provider may tell at any time: its news can be here before our own commit.
NEWS = {S.DEFERRED, S.DELIVERED, S.BOUNCED, S.COMPLAINED}
# "Queued" behind an end state is staff asking for another try (services/resend.py).
NEXT: dict[DeliveryState, set[DeliveryState]] = {
    S.QUEUED: {S.SENDING, S.SENT, S.FAILED, S.SUPPRESSED, S.DEAD} | NEWS,
    S.SENDING: {S.SENDING, S.QUEUED, S.SENT, S.FAILED, S.SUPPRESSED, S.UNCERTAIN, S.DEAD, S.WAITING}
    | NEWS,
    S.WAITING: {S.WAITING, S.QUEUED, S.MERGED, S.SUPPRESSED, S.DEAD},
    S.MERGED: set(),
    S.UNCERTAIN: {S.SENDING, S.SENT, S.FAILED, S.SUPPRESSED, S.DEAD, S.QUEUED} | NEWS,
    S.SENT: {S.FAILED} | NEWS,
    S.DEFERRED: {S.DELIVERED, S.BOUNCED, S.COMPLAINED, S.FAILED},
    S.DELIVERED: {S.BOUNCED, S.COMPLAINED},  # some servers take a mail and return it later
    S.BOUNCED: {S.QUEUED},
    S.COMPLAINED: set(),
    S.FAILED: {S.QUEUED},
    S.SUPPRESSED: {S.QUEUED},
    S.DEAD: {S.QUEUED, S.DELIVERED},  # given up after lost answers, and there all the same
}


def states_before(new: DeliveryState) -> list[DeliveryState]:
    """From which a delivery may move to `new`."""
    return [old for old, following in NEXT.items() if new in following]


class DeliveryNews(models.TextChoices):
    """One line in the history of a delivery: what we did, what the provider told us."""

    QUEUED = "queued", "Queued again"
    SENT = "sent", "Handed over"
    LATER = "later", "To be tried again"
    UNCERTAIN = "uncertain", "Answer lost"
    SUPPRESSED = "suppressed", "Not sent on purpose"
    FAILED = "failed", "Refused"
    GIVEN_UP = "given_up", "Given up"
    DEFERRED = "deferred", "Delayed by the receiver"
    DELIVERED = "delivered", "Delivered"
    SOFT_BOUNCE = "soft_bounce", "Came back for now"
    HARD_BOUNCE = "hard_bounce", "Came back for good"
    COMPLAINED = "complained", "Called spam"
    OPENED = "opened", "Opened"
    CLICKED = "clicked", "Link followed"
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed at the provider"
    OTHER = "other", "Something else"


class SuppressionScope(models.TextChoices):
    """Which mail an address no longer gets."""

    ALL = "all", "All mail"
    NOT_ESSENTIAL = "not_essential", "All but essential mail"
    MARKETING = "marketing", "Marketing"


class SuppressionReason(models.TextChoices):
    HARD_BOUNCE = "hard_bounce", "Mail came back for good"
    SOFT_BOUNCES = "soft_bounces", "Mail came back three times in a week"
    COMPLAINT = "complaint", "Called spam"
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed at the mail provider"
    STAFF = "staff", "Stopped by staff"


class Platform(models.TextChoices):
    ANDROID = "android", "Android"
    IOS = "ios", "iOS"
    WEB = "web", "Web"


class TokenKind(models.TextChoices):
    """How FCM knows an installation: registration tokens are giving way to installation ids."""

    TOKEN = "token", "Registration token"
    FID = "fid", "Firebase installation id"


class DeactivatedReason(models.TextChoices):
    """Why a device gets no more pushes. Only the first three come from FCM's answers."""

    UNREGISTERED = "unregistered", "The app was removed"
    WRONG_PROJECT = "wrong_project", "Belongs to another Firebase project"
    INVALID_TOKEN = "invalid_token", "FCM does not know such a token"
    IDLE = "idle", "Not seen for 90 days"


class Source(models.TextChoices):
    """Where somebody said what they want to hear."""

    ACCOUNT = "account", "In their account"
    LINK = "link", "By the link of a mail"
    ONE_CLICK = "one_click", "By the mail program's unsubscribe button"
    STAFF = "staff", "Staff, for them"


class TemplateChannel(models.TextChoices):
    """Which words a template holds."""

    EMAIL = "email", "E-mail"
    PUSH = "push", "Push and list in the app"


class VersionState(models.TextChoices):
    """Where one version of a wording stands. Replaced ones are kept: mails went out with them."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Goes out"
    REPLACED = "replaced", "Was used"


class Membership(models.TextChoices):
    """Whether FCM has a token in a topic."""

    LEFT = "left", "Not in it"
    JOINED = "joined", "In it"
    UNKNOWN = "unknown", "Asked, answer lost"


class VerdictState(models.TextChoices):
    """What became of FCM's word that a device is gone."""

    APPLIED = "applied", "Switched off"
    HELD = "held", "Held by an alarm"
    DISMISSED = "dismissed", "Dismissed by staff"


class CampaignState(models.TextChoices):
    """Where a campaign stands. Only preparing and running ones are a worker's business."""

    DRAFT = "draft", "Draft"
    PREPARING = "preparing", "Counting its people"
    READY = "ready", "Ready to start"
    SCHEDULED = "scheduled", "Scheduled"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    STOPPED = "stopped", "Stopped"
    DONE = "done", "Done"


class RecipientState(models.TextChoices):
    """Where a campaign stands with one person."""

    COUNTED = "counted", "Not looked at yet"
    WANTED = "wanted", "Will be sent"
    UNWANTED = "unwanted", "Will not be sent"
    TOLD = "told", "Handed over"
