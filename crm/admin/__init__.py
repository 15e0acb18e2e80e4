from crm.admin.contact import ContactMessageAdmin
from crm.admin.customer import CustomerAdmin

__all__ = ["ContactMessageAdmin", "CustomerAdmin"]
