from crm.models.assignment import Assignment
from crm.models.contact import ContactMessage
from crm.models.customer import Customer

__all__ = ["Assignment", "ContactMessage", "Customer"]
