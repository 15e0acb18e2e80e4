"""The words of a campaign, for one person in their language: its own, or those of a template."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liquid.template import BoundTemplate

from core.errors import Invalid
from core.languages import normal
from notifications.enums import Channel
from notifications.kinds.campaigns import KIND_OF_CHANNEL, TEXT
from notifications.models import Campaign, CampaignText, Template
from notifications.rendering.environment import (
    TemplateRefused,
    compile_template,
    render_template,
)  # fmt: skip
from notifications.rendering.formats import fallbacks
from notifications.services.wording.own import is_published

Texts = Mapping[str, CampaignText]
SAMPLE = "Amina"


def kind_of(campaign: Campaign) -> str:
    """The kind of its messages."""
    if campaign.template:
        return campaign.template.key
    return KIND_OF_CHANNEL[Channel(campaign.channel)]


def texts_of(campaign: Campaign) -> Texts:
    """By language, written as tags are kept; none for a campaign with a template. Raises Invalid
    when there are none."""
    if campaign.template:
        return {}
    found = {normal(text.language): text for text in campaign.texts.all()}
    if not found:
        raise Invalid("Write the text first.", details={"texts": ["In one language at least."]})
    return found


def check_texts(campaign: Campaign) -> None:
    """Fill every text in once. Raises Invalid naming the language and the fault."""
    if campaign.template:
        _check_template(campaign, campaign.template)
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


def _check_template(campaign: Campaign, template: Template) -> None:
    """It is for this channel, is published, and is all that is said."""
    if template.channel != campaign.channel:
        reason = f"It is for {template.get_channel_display().lower()}."
    elif not is_published(template):
        reason = "It is not published in any language."
    elif campaign.texts.exists():
        reason = "The campaign has a text as well; delete one of the two."
    else:
        return
    raise Invalid(f"The template cannot be used. {reason}", details={"template": [reason]})


def context_for(campaign: Campaign, texts: Texts, language: str, name: str) -> dict[str, Any]:
    """What one person's notification says. Raises TemplateRefused."""
    if campaign.template:
        return {"name": name, "url": campaign.url}
    return filled(words_for(texts, language), campaign, name)


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
