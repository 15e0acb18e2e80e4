"""What arrives from the mail provider."""

from core.events import Dead, Event, Ignore, subscribe
from notifications.channels.email.news import news_in, wsgi_headers
from notifications.channels.email.trackers import confirm_subscription
from notifications.channels.email.webhook import SUBSCRIPTION
from notifications.services.mail_news import record_mail_news


@subscribe("mail.*")
def note_mail_news(event: Event) -> None:
    """Each piece of news for itself; what was told before, or is not about our mail, is left."""
    try:
        told = news_in(event)
    except Exception as error:  # a format nobody knows: staff can read the bytes beside it
        raise Dead(f"Cannot be read: {error!r}") from error
    if not sum(record_mail_news(news=news, arrival_id=event.id) for news in told):
        raise Ignore("Nothing new about mail of ours.")


@subscribe(SUBSCRIPTION, outside=True)
def confirm_mail_subscription(event: Event) -> None:
    """Amazon sends news only to who answers; what goes wrong is tried again."""
    confirm_subscription(wsgi_headers(event), event.body or b"")
