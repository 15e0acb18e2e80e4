"""Secrets at rest: not in the dump, not on pages, and their keys can be exchanged."""

import io
import pickle
from collections.abc import Iterator
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED
from django.test.utils import isolate_apps
from django.utils import timezone

from core.encryption import (
    DecryptionFailed,
    EncryptedTextField,
    Secret,
    decrypt,
    encrypt,
    key_ids,
    rotation,
)  # fmt: skip
from core.encryption.rotation import rotate
from core.models import IdempotencyKey

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def stored(value: bytes) -> IdempotencyKey:
    """A row with a column that holds ciphertext."""
    return IdempotencyKey.objects.create(
        actor="user:1",
        operation="POST /x",
        key=str(uuid4()),
        fingerprint=b"x" * 32,
        response=value,
        locked_until=timezone.now(),
    )


def rotated() -> str:
    out = io.StringIO()
    call_command("rotate_encryption", batch=2, stdout=out)
    return out.getvalue()


def test_what_is_sealed_is_opened_and_never_looks_the_same() -> None:
    assert encrypt(b"secret") != encrypt(b"secret")
    assert decrypt(encrypt(b"secret")) == b"secret"
    assert b"secret" not in encrypt(b"secret")


def test_the_newest_key_seals_and_older_ones_still_open(settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    sealed = encrypt(b"x")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert decrypt(sealed) == b"x"
    fresh = encrypt(b"x")
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    with pytest.raises(DecryptionFailed):
        decrypt(fresh)


def test_a_tampered_value_is_refused() -> None:
    sealed = bytearray(encrypt(b"x"))
    sealed[-5] ^= 1
    with pytest.raises(DecryptionFailed):
        decrypt(bytes(sealed))


def test_a_key_that_is_none_is_named_by_its_place_not_its_text(settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, "hunter2"]
    with pytest.raises(ImproperlyConfigured, match="Key 2") as refused:
        encrypt(b"x")
    assert "hunter2" not in str(refused.value)


@pytest.mark.django_db
class TestRotation:
    def test_everything_is_sealed_anew_and_the_old_key_may_go(self, settings) -> None:
        settings.FIELD_ENCRYPTION_KEYS = [OLD]
        rows = [stored(encrypt(b"answer %d" % number)) for number in range(5)]
        settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
        said = rotated()
        assert "core_idempotencykey.response: 5 values, 5 sealed anew" in said
        assert f"key {key_ids()[1]}: 0 values, may go" in said
        settings.FIELD_ENCRYPTION_KEYS = [NEW]
        for number, row in enumerate(rows):
            row.refresh_from_db()
            assert decrypt(bytes(row.response)) == b"answer %d" % number

    def test_a_stopped_rotation_goes_on_where_it_was(self, settings) -> None:
        settings.FIELD_ENCRYPTION_KEYS = [OLD]
        first, second = stored(encrypt(b"a")), stored(encrypt(b"b"))
        settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
        IdempotencyKey.objects.filter(pk=first.pk).update(response=encrypt(b"a"))
        assert "2 values, 1 sealed anew" in rotated()
        second.refresh_from_db()
        assert decrypt(bytes(second.response)) == b"b"
        assert "2 values, 0 sealed anew" in rotated()

    def test_a_value_of_a_lost_key_stops_it_with_a_count_and_stays(self, settings) -> None:
        settings.FIELD_ENCRYPTION_KEYS = [OLD]
        row = stored(encrypt(b"lost"))
        settings.FIELD_ENCRYPTION_KEYS = [NEW]
        with pytest.raises(CommandError, match="No key opens 1 values"):
            rotated()
        settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
        row.refresh_from_db()
        assert decrypt(bytes(row.response)) == b"lost"

    def test_a_dry_run_counts_and_changes_nothing(self, settings) -> None:
        settings.FIELD_ENCRYPTION_KEYS = [OLD]
        row = stored(encrypt(b"a"))
        settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
        out = io.StringIO()
        call_command("rotate_encryption", dry_run=True, stdout=out)
        assert f"key {key_ids()[1]}: 1 values, still needed" in out.getvalue()
        before = bytes(row.response)
        row.refresh_from_db()
        assert bytes(row.response) == before

    def test_a_value_written_meanwhile_is_left_to_its_writer(
        self, settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.FIELD_ENCRYPTION_KEYS = [OLD]
        row = stored(encrypt(b"before"))
        settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]

        def written_in_between(data: bytes) -> bytes:
            IdempotencyKey.objects.filter(pk=row.pk).update(response=encrypt(b"after"))
            return encrypt(data)

        monkeypatch.setattr(rotation, "encrypt", written_in_between)
        list(rotate())
        row.refresh_from_db()
        assert decrypt(bytes(row.response)) == b"after"


@pytest.fixture
def vault(db: None) -> Iterator[type[models.Model]]:
    """A model with a secret, in a temporary table of this transaction."""
    with isolate_apps("core"):

        class Vault(models.Model):
            id = models.BigAutoField(primary_key=True)
            token = EncryptedTextField(null=True)

            class Meta:
                app_label = "core"
                db_table = "vault"

            def __str__(self) -> str:
                return str(self.pk)

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE vault (id bigserial PRIMARY KEY, token text)")
        yield Vault
        cursor.execute("DROP TABLE vault")


def test_the_column_holds_ciphertext_and_the_row_a_secret(vault: type[models.Model]) -> None:
    row = vault.objects.create(token="sk_live_1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM vault")
        (raw,) = cursor.fetchone()
    assert "sk_live_1" not in raw
    assert vault.objects.get().token.reveal() == "sk_live_1"
    assert isinstance(row.token, Secret), "also before it was read back"
    vault.objects.update(token="sk_live_2")
    assert vault.objects.get().token == "sk_live_2"
    assert vault.objects.filter(token__isnull=True).count() == 0


def test_a_secret_does_not_show_itself(vault: type[models.Model]) -> None:
    row = vault.objects.create(token="sk_live_1")
    shown = [str(row.token), repr(row.token), f"{row.token}", repr(row.__dict__)]
    assert not any("sk_live_1" in text for text in shown)
    field = vault._meta.get_field("token")
    assert "sk_live_1" not in str(
        field.formfield().widget.render("token", field.value_from_object(row))
    )
    with pytest.raises(TypeError):
        pickle.dumps(row.token)
    with pytest.raises(TypeError):
        field.value_to_string(row)


def test_it_cannot_be_searched(vault: type[models.Model]) -> None:
    with pytest.raises(FieldError, match="encrypted"):
        vault.objects.filter(token="sk_live_1")


def test_an_empty_box_in_a_form_keeps_what_is_stored(vault: type[models.Model]) -> None:
    row = vault.objects.create(token="kept")
    field = vault._meta.get_field("token")
    field.save_form_data(row, "")
    assert row.token == "kept"
    field.save_form_data(row, "new")
    assert row.token == "new"
    assert field.default is NOT_PROVIDED
