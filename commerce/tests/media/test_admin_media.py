"""Pictures and documents on the product's page, and the page of all files."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.demo import create_demo_users
from commerce.models import ProductMedia, Variant
from commerce.services.media import add_media, remove_media
from core.enums import FileState, ThumbnailState
from core.files.refusals import WrongType
from core.files.store import Terms, take_in
from core.models import Event, StoredFile
from core.tests.files.samples import PDF, picture, sent
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(create_demo_users()[role])
    return client


@pytest.fixture
def manager(db: None) -> Client:
    return signed_in("manager")


def page(variant: Variant) -> str:
    return reverse("admin:commerce_product_change", args=[variant.product_id])


def filled(client: Client, variant: Variant) -> dict[str, Any]:
    """The page's form as a browser would send it back."""
    shown = client.get(page(variant))
    assert shown.status_code == 200
    data: dict[str, Any] = {}
    forms = [shown.context["adminform"].form]
    for inline in shown.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if bound.name != "uploads" and value is not None and value is not False:
                data[bound.html_name] = value
    return data


def save(client: Client, variant: Variant, **changes: Any) -> Any:
    data = {**filled(client, variant), **changes}
    answer = client.post(page(variant), data, follow=True)
    assert answer.status_code == 200
    errors = answer.context.get("errors") if answer.context else None
    assert not errors, errors
    return answer


def told(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def shown(variant: Variant) -> list[ProductMedia]:
    rows = ProductMedia.objects.filter(product_id=variant.product_id, removed_at__isnull=True)
    return list(rows.order_by("position"))


def test_several_files_are_added_at_once_and_a_bad_one_stops_no_other(
    manager: Client, variant: Variant
) -> None:
    files = [sent(picture(), "a.png"), sent(b"<svg/>", "logo.svg"), sent(PDF, "manual.pdf")]
    answer = save(manager, variant, uploads=files)
    assert [row.kind for row in shown(variant)] == ["image", "document"]
    assert "2 files were added" in told(answer)
    assert "logo.svg: Web pages, SVG" in told(answer)
    assert StoredFile.objects.get(state=FileState.REJECTED).original_name == "logo.svg"


def test_lines_are_ordered_described_and_taken_away(manager: Client, variant: Variant) -> None:
    rows = [
        add_media(product_id=variant.product_id, upload=sent(picture(colour=(n * 30, 0, 0))))
        for n in range(3)
    ]
    rows[0].alt = {"fr": "Théière"}
    rows[0].save()
    save(
        manager, variant,
        **{
            "media-0-position": "2", "media-2-position": "0", "media-0-alt_text": "Pot",
            "media-0-on_variant": str(variant.pk), "media-1-DELETE": "on",
        },
    )  # fmt: skip
    left = shown(variant)
    assert [row.pk for row in left] == [rows[2].pk, rows[0].pk]
    assert left[1].alt == {"fr": "Théière", "en": "Pot"}
    assert left[1].variant_id == variant.pk
    assert ProductMedia.objects.get(pk=rows[1].pk).removed_at is not None


def test_what_was_taken_away_is_shown_and_put_back(manager: Client, variant: Variant) -> None:
    row = add_media(product_id=variant.product_id, upload=sent(picture()))
    assert "Taken away lately" not in manager.get(page(variant)).content.decode()
    remove_media(product_id=variant.product_id, media_id=row.pk)
    assert "Taken away lately" in manager.get(page(variant)).content.decode()
    save(manager, variant, **{"media-2-0-put_back": "on"})
    assert [media.pk for media in shown(variant)] == [row.pk]
    assert StoredFile.objects.get().state == FileState.ATTACHED


def test_the_page_asks_no_more_for_more_pictures(manager: Client, variant: Variant) -> None:
    def cost() -> int:
        return len(queries_of(lambda: manager.get(page(variant))))

    add_media(product_id=variant.product_id, upload=sent(picture()))
    cost()
    few = cost()
    for number in range(5):
        add_media(product_id=variant.product_id, upload=sent(picture(colour=(0, number * 30, 9))))
    assert cost() == few


def test_those_who_may_only_look_see_the_pictures_and_no_field_for_files(
    variant: Variant,
) -> None:
    add_media(product_id=variant.product_id, upload=sent(picture()), alt={"en": "A pot"})
    for role in ("agent", "readonly"):
        text = signed_in(role).get(page(variant)).content.decode()
        assert "A pot" in text
        assert "(&#x27;" not in text  # a label, not its parts
        assert 'type="file"' not in text


def test_the_page_of_files_shows_sizes_refusals_and_what_uses_them(
    manager: Client, variant: Variant
) -> None:
    add_media(product_id=variant.product_id, upload=sent(picture(), "pot.png"))
    with pytest.raises(WrongType):
        take_in(sent(b"MZ\x00", "virus.exe"), Terms())
    changelist = reverse("admin:core_storedfile_changelist")
    text = manager.get(changelist).content.decode()
    assert "1 file," in text
    assert "virus.exe" in text
    refused = StoredFile.objects.get(state=FileState.REJECTED)
    only = manager.get(changelist, {"reason": refused.reason}).content.decode()
    assert "virus.exe" in only
    assert "pot.png" not in only
    kept = StoredFile.objects.get(state=FileState.ATTACHED)
    detail = manager.get(reverse("admin:core_storedfile_change", args=[kept.pk]))
    assert page(variant) in detail.content.decode()
    assert "(&#x27;" not in detail.content.decode()
    assert manager.get(
        reverse("admin:core_storedfile_change", args=[refused.pk])
    ).status_code == 200  # fmt: skip


def test_staff_have_failed_small_pictures_made_again(manager: Client) -> None:
    file = take_in(sent(picture()), Terms())
    StoredFile.objects.update(thumbnails=ThumbnailState.FAILED, thumbnails_error="rotten")
    asked = {"action": "make_thumbnails", "_selected_action": [str(file.pk)]}
    before = Event.objects.filter(type="file.stored").count()
    answer = manager.post(reverse("admin:core_storedfile_changelist"), asked, follow=True)
    assert "1 are being made again" in told(answer)
    assert StoredFile.objects.get().thumbnails == ThumbnailState.WAITING
    assert Event.objects.filter(type="file.stored").count() == before + 1


def test_an_empty_page_of_files_says_where_they_come_from(manager: Client) -> None:
    text = manager.get(reverse("admin:core_storedfile_changelist")).content.decode()
    assert "No file was sent in yet" in text


@pytest.mark.parametrize(("role", "status"), [("agent", 403), ("readonly", 200)])
def test_files_are_for_those_who_run_the_house(db: None, role: str, status: int) -> None:
    answer = signed_in(role).get(reverse("admin:core_storedfile_changelist"))
    assert answer.status_code == status
    assert b"make_thumbnails" not in answer.content
