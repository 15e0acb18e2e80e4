from crm.admin.choices_panel import choices
from crm.admin.contact import ContactMessageAdmin
from crm.admin.contact_panel import messages
from crm.admin.customer import CustomerAdmin

__all__ = ["ContactMessageAdmin", "CustomerAdmin", "choices", "messages"]
