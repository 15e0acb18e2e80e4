from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        import core.api.checks
        import core.files.schedule
        import core.files.subscribers
        import core.health.ground
        import core.identity.checks
        import core.personal_data.ground  # noqa: F401  - declares
        from core.admin.quick_rows import remember_headers
        from core.events.subscriptions import sync_subscriptions
        from core.schedule.beat import collect_jobs, sync_schedule

        remember_headers()
        collect_jobs()
        post_migrate.connect(sync_subscriptions, dispatch_uid="core.sync_subscriptions")
        post_migrate.connect(sync_schedule, sender=self, dispatch_uid="core.sync_schedule")
