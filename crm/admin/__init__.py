from crm.admin.customer import CustomerAdmin

__all__ = ["CustomerAdmin"]
