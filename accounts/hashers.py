"""Password hashing at OWASP's recommended cost (Password Storage Cheat Sheet: 19 MiB, t=2, p=1)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class ModestArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB instead of Django's 100 MiB and eight threads.

    Forty people logging in at once must not take 4 GB and every core of a small machine from the
    people who are buying. Hashes made with other costs are recognised and made anew at login.
    """

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1
