from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CommerceConfig(AppConfig):
    name = "commerce"

    def ready(self) -> None:
        from commerce import (  # noqa: F401 - they register
            files,
            personal_data,
            receipts,
            schedule,
            subscribers,
            weekly,
        )
        from commerce.bulk.orders.target import Orders
        from commerce.bulk.products.target import Products
        from commerce.rates.database import sync_functions
        from core.bulk.targets import register

        post_migrate.connect(sync_functions, sender=self, dispatch_uid="commerce.sync_functions")
        register(Products())
        register(Orders())
