"""E-mail addresses as identities."""


def normalise_email(email: str) -> str:
    """One spelling per address: trimmed and in lower case.

    The local part is case-sensitive on paper (RFC 5321) and nowhere else; two accounts that
    differ in case would be a trap. Not case-folded: folding writes "ß" as "ss", which is another
    person's address.
    """
    return email.strip().lower()


# Mail services that read "a.b+shop@" as "ab@": addresses that differ only so are one person's.
DOTS_DO_NOT_COUNT = frozenset({"gmail.com", "googlemail.com"})


def mailbox(email: str) -> str:
    """Where mail to an address ends up: without "+anything", and without dots where those do not
    count. For comparing people, never for sending."""
    local, _, domain = normalise_email(email).rpartition("@")
    local = local.split("+", 1)[0]
    if domain in DOTS_DO_NOT_COUNT:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def same_mailbox(one: str, other: str) -> bool:
    """Whether two addresses are read by the same person."""
    return mailbox(one) == mailbox(other)
