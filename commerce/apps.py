from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "commerce"

    def ready(self) -> None:
        from commerce import (  # noqa: F401 - they register
            personal_data,
            receipts,
            schedule,
            subscribers,
        )
