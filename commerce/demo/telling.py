"""What the demo's people want to hear, and an offer that waits to be sent to them."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from commerce.demo.shop import Buyer
from core.identity import acting_as_system
from notifications.addresses import address_key
from notifications.choices.tokens import Whose
from notifications.enums import Channel, Source, Subject
from notifications.kinds.own import own_key
from notifications.models import Campaign, Template
from notifications.services.choices import say
from notifications.services.wording.drafts import save_draft
from notifications.services.wording.own import create_template
from notifications.services.wording.publish import publish

ASKED = 120  # people
NAME = "First harvest"
GREETING = '{hello}{{% if name != "" %}} {{{{ name }}}}{{% endif %}}{comma}'
BODY = (
    '<h1>{title}</h1>\n<p>{greeting}</p>\n<p>{news}</p>\n{{% if url != "" %}}'
    '<p class="action"><a class="button" href="{{{{ url }}}}">{button}</a></p>{{% endif %}}'
)
WORDS = {
    "en": {
        "title": "The first harvest is here", "hello": "Hello", "comma": ",",
        "news": "The first teas of the year have come from Kyoto, and they do not stay long.",
        "button": "See the teas",
    },
    "fr": {
        "title": "La première récolte est arrivée", "hello": "Bonjour", "comma": ",",
        "news": "Les premiers thés de l'année sont arrivés de Kyoto ; vite partis.",
        "button": "Voir les thés",
    },
    "ar": {
        "title": "وصل قطاف الموسم الأول", "hello": "مرحبًا", "comma": "،",
        "news": "وصلت أول شحنات الشاي لهذا العام من كيوتو، ولن تبقى طويلًا.",
        "button": "تصفح الشاي",
    },
}  # fmt: skip


def tell_people(buyers: Sequence[Buyer], *, written_by: User) -> None:
    """Once: four of five say yes to offers, one says no; a campaign for them is a draft."""
    with acting_as_system("demo"), transaction.atomic():
        if Template.objects.filter(key=own_key(Channel.EMAIL, NAME)).exists():
            return
        for place, buyer in enumerate(buyers[:ASKED]):
            whose = Whose(address_key=address_key(buyer.customer.email or ""))
            about = (Subject.OFFERS.value, Channel.EMAIL.value)
            say(whose=whose, choices={about: place % 5 != 0}, source=Source.LINK)
        template = create_template(name=NAME, channel="email", language="en", by=written_by.pk)
        for language, words in WORDS.items():
            greeting = GREETING.format(**words)
            parts = {
                "subject": words["title"], "preheader": words["news"],
                "html": BODY.format(**words, greeting=greeting),
                "text": f"{greeting}\n\n{words['news']}\n\n{{{{ url }}}}",
            }  # fmt: skip
            draft = save_draft(
                kind=template.key, channel="email", language=language, words=parts,
                by=written_by.pk,
            )  # fmt: skip
            publish(version_id=draft.pk)
        Campaign.objects.create(
            name=f"{NAME}, by mail", audience="customers", template=template,
            url="https://shop.example/tea", created_by=written_by,
        )  # fmt: skip
