from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"

    def ready(self) -> None:
        import crm.personal_data  # noqa: F401  - declares
