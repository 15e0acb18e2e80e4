"""Secrets at rest: unreadable in a stolen dump, never shown again, keys can be exchanged.

Keys come from FIELD_ENCRYPTION_KEYS only (newest first), not from SECRET_KEY: exchanging one must
not break the other, and a database backup never holds them.
"""

from core.encryption.field import EncryptedTextField
from core.encryption.keyring import DecryptionFailed, decrypt, encrypt, key_ids
from core.encryption.secret import Secret

__all__ = ["DecryptionFailed", "EncryptedTextField", "Secret", "decrypt", "encrypt", "key_ids"]
