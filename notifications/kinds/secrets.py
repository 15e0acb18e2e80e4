"""Links that open an account. Asked for while a message is rendered, stored nowhere."""

from uuid import UUID


def confirmation_link(user_id: UUID) -> str:
    """Where the user confirms the address."""
    from accounts.services.links import email_confirmation_url

    return email_confirmation_url(user_id)


def reset_link(user_id: UUID) -> str:
    """Where the user chooses a new password."""
    from accounts.services.links import password_reset_url

    return password_reset_url(user_id)
