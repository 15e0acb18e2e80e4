from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        import notifications.personal_data
        import notifications.subscribers  # noqa: F401  - both register themselves
