from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        """Announce who sends webhooks, what is reacted to, what is personal, whom campaigns ask."""
        import notifications.campaigns.subscribers
        import notifications.mail_subscribers
        import notifications.personal_data
        import notifications.push_subscribers
        import notifications.subscribers
        import notifications.weekly.achieved  # noqa: F401  - all register themselves
        from core.intake import register_source
        from notifications.campaigns import register
        from notifications.campaigns.users import Users
        from notifications.channels.email.webhook import SOURCE, MailWebhook

        register_source(SOURCE, MailWebhook())
        register(Users())
