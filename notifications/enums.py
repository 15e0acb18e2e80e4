"""Words of this floor, and which state may follow which."""

from django.db import models


class Category(models.TextChoices):
    """Why a message is sent; decides what a person may switch off."""

    ESSENTIAL = "essential", "Essential"  # money, access: not to be switched off
    SERVICE = "service", "Service"
    MARKETING = "marketing", "Marketing"


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    PUSH = "push", "Push"
    IN_APP = "in_app", "In the app"


class DeliveryState(models.TextChoices):
    """What became of one message to one target. `reason` says why in a sentence."""

    QUEUED = "queued", "Queued"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
    SUPPRESSED = "suppressed", "Not sent on purpose"
    UNCERTAIN = "uncertain", "Perhaps sent"
    DEAD = "dead", "Given up"


S = DeliveryState
# "Queued" behind an end state is staff asking for another try (services/resend.py).
NEXT: dict[DeliveryState, set[DeliveryState]] = {
    S.QUEUED: {S.SENDING, S.SENT, S.FAILED, S.SUPPRESSED, S.DEAD},
    S.SENDING: {S.SENDING, S.QUEUED, S.SENT, S.FAILED, S.SUPPRESSED, S.UNCERTAIN, S.DEAD},
    S.UNCERTAIN: {S.SENDING, S.SENT, S.DELIVERED, S.FAILED, S.SUPPRESSED, S.DEAD, S.QUEUED},
    S.SENT: {S.DELIVERED, S.FAILED},
    S.DELIVERED: set(),
    S.FAILED: {S.QUEUED},
    S.SUPPRESSED: {S.QUEUED},
    S.DEAD: {S.QUEUED},
}


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
