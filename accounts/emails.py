"""E-mail addresses as identities."""


def normalise_email(email: str) -> str:
    """One spelling per address: trimmed and in lower case.

    The local part is case-sensitive on paper (RFC 5321) and nowhere else; two accounts that
    differ in case would be a trap. Not case-folded: folding writes "ß" as "ss", which is another
    person's address.
    """
    return email.strip().lower()
