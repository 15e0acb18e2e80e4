"""The words of a campaign, for one person in their language."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liquid.template import BoundTemplate

from core.errors import Invalid
from core.languages import normal
from notifications.enums import Channel
from notifications.kinds.campaigns import TEXT
from notifications.models import Campaign, CampaignText
from notifications.rendering.environment import (
    TemplateRefused,
    compile_template,
    render_template,
)  # fmt: skip
from notifications.rendering.formats import fallbacks

Texts = Mapping[str, CampaignText]
SAMPLE = "Amina"


def texts_of(campaign: Campaign) -> Texts:
    """By language, written as tags are kept. Raises Invalid when there are none."""
    found = {normal(text.language): text for text in campaign.texts.all()}
    if not found:
        raise Invalid("Write the text first.", details={"texts": ["In one language at least."]})
    return found


def check_texts(campaign: Campaign) -> None:
    """Fill every text in once. Raises Invalid naming the language and the fault."""
    for language, text in texts_of(campaign).items():
        for name in ("", SAMPLE):
            try:
                context = filled(text, campaign, name)
            except TemplateRefused as refused:
                raise Invalid(
                    f"The text in {language} cannot be filled in.",
                    details={"texts": [f"{language}: {problem}" for problem in refused.problems]},
                ) from None
        if not context["subject"] or not context["lines"]:
            raise Invalid(f"The text in {language} is empty.", details={"texts": [language]})


def words_for(texts: Texts, language: str) -> CampaignText:
    """The nearest text: de-AT, de, English, or the first there is."""
    for candidate in fallbacks(language):
        if candidate in texts:
            return texts[candidate]
    return next(iter(texts.values()))


def filled(text: CampaignText, campaign: Campaign, name: str) -> dict[str, Any]:
    """The context of the notification, with the person's name in it. Raises TemplateRefused."""
    subject = " ".join(_fill(text.subject, text.language, name).split())
    body = _fill(text.body.replace("\r\n", "\n"), text.language, name)
    paragraphs = [" ".join(part.split()) for part in body.split("\n\n")]
    context: dict[str, Any] = {
        "subject": subject,
        "lines": [{"text": one} for one in paragraphs if one],
        "url": campaign.url,
    }
    if campaign.channel == Channel.EMAIL:
        context["button"] = text.button
    return context


def _fill(source: str, language: str, name: str) -> str:
    return render_template(_compiled(source, language), {"name": name})


@lru_cache(maxsize=256)
def _compiled(source: str, language: str) -> BoundTemplate:
    """Once for all people of a campaign: remembered by the words themselves."""
    return compile_template(source, kind=TEXT, language=language, html=False)
