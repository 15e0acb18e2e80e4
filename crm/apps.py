from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "Customers"

    def ready(self) -> None:
        from core.bulk.targets import register
        from crm import personal_data, subscribers  # noqa: F401  - declares and registers
        from crm.audience import CustomersAudience
        from crm.bulk.customers import Customers
        from notifications.campaigns import register as offer_to_campaigns

        register(Customers())
        offer_to_campaigns(CustomersAudience())
