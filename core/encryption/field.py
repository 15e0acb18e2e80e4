"""A model column that holds a secret as ciphertext."""

from typing import Any

from django import forms
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from core.encryption.keyring import decrypt, encrypt
from core.encryption.secret import Secret


class _SecretAttribute(DeferredAttribute):
    """`row.field` is always a Secret (or None), whatever was assigned."""

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = self.field.to_python(value)


class EncryptedTextField(models.TextField):
    """Text that is Fernet ciphertext in the database and a `Secret` in Python.

    Assign a str or a Secret; read with `.reveal()`. It cannot be searched or sorted by (store an
    HMAC beside it where that is needed), is not exported by serializers, and a form shows an
    empty password box in which leaving it empty keeps what is stored.
    """

    descriptor_class = _SecretAttribute

    def to_python(self, value: object) -> Secret | None:
        """Wrap plain text."""
        if value is None or isinstance(value, Secret):
            return value
        return Secret(str(value))

    def from_db_value(self, value: str | None, *_: Any) -> Secret | None:
        """Open the ciphertext. Raises DecryptionFailed when its key is gone."""
        return None if value is None else Secret(decrypt(value.encode()).decode())

    def get_prep_value(self, value: object) -> str | None:
        """Seal for the database; "" is sealed too, so that a dump does not tell who has none."""
        secret = self.to_python(value)
        return None if secret is None else encrypt(secret.reveal().encode()).decode()

    def get_lookup(self, lookup_name: str) -> Any:
        """Only "is there one": equal texts have different ciphertexts."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched by {lookup_name}.")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        """Refuse: fixtures and exports would carry the secret out."""
        raise TypeError(f"{self.name} is a secret and is not serialised.")

    def value_from_object(self, obj: models.Model) -> Any:
        """What forms start with: nothing."""
        return None

    def formfield(self, *_: Any, **kwargs: Any) -> Any:
        """A password box, empty although a value may be stored."""
        return forms.CharField(
            label=kwargs.get("label", self.verbose_name),
            help_text=kwargs.get("help_text") or "Stored values are not shown; empty keeps them.",
            required=False,
            strip=True,
            widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        )

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """An empty box keeps what is stored."""
        if data:
            super().save_form_data(instance, data)
