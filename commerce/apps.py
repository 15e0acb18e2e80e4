from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "commerce"

    def ready(self) -> None:
        from commerce import personal_data, schedule, subscribers  # noqa: F401  - they register
