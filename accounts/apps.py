from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import personal_data, schedule  # noqa: F401  - they register
        from accounts.roles import sync_roles
        from core.encryption.rotation import declare_encrypted_column

        for member in ("secret", "seed"):  # TOTP, recovery codes (accounts.adapters.MfaAdapter)
            declare_encrypted_column("mfa_authenticator", f"data.{member}")
        post_migrate.connect(sync_roles, dispatch_uid="accounts.sync_roles")
