from crm.models.assignment import Assignment
from crm.models.customer import Customer

__all__ = ["Assignment", "Customer"]
