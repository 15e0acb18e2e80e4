"""What is personal on this floor."""

from core.personal_data import Fate, declare

declare(
    "accounts.User",
    user="id",
    email="email",
    fields={
        "email": Fate.PSEUDONYMISE,
        "full_name": Fate.EMPTY,
        "avatar": Fate.EMPTY,
        "time_zone": Fate.KEEP,
        "language": Fate.KEEP,
    },
)
declare(
    "accounts.TokenFamily",
    user="user_id",
    fields={"ip": Fate.DELETE, "agent": Fate.DELETE},
)
declare("accounts.RefreshToken", not_personal=["digest"])
declare(
    "accounts.ApiKey",
    user="owner_id",
    fields={"name": Fate.DELETE},
    not_personal=["digest", "former_digest"],
)
# The address of allauth's own table is not used; two-factor data are secrets, encrypted.
declare("account.EmailAddress", user="user_id", fields={"email": Fate.DELETE})
declare("mfa.Authenticator", user="user_id", fields={"data": Fate.DELETE})
