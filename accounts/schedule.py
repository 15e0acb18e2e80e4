"""Jobs of this floor."""

from typing import Any

from accounts.services.cleanup import remove_old_logins
from core.schedule import scheduled


@scheduled("accounts.old_logins", daily_at=(3, 20))
def forget_old_logins() -> dict[str, Any]:
    """Remove logins that ended more than thirty days ago."""
    return {"removed": remove_old_logins()}
