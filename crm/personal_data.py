"""What is personal on the customers' floor."""

from core.personal_data import Fate, declare

declare(
    "crm.Customer",
    customer="id",
    user="user_id",
    email="email",
    fields={
        "name": Fate.EMPTY,
        "first_name": Fate.EMPTY,
        "last_name": Fate.EMPTY,
        "company": Fate.EMPTY,
        "email": Fate.EMPTY,
        "phone": Fate.EMPTY,
        "line1": Fate.EMPTY,
        "line2": Fate.EMPTY,
        "city": Fate.EMPTY,
        "region": Fate.EMPTY,
        "postal_code": Fate.EMPTY,
        "country": Fate.KEEP,
        "time_zone": Fate.KEEP,
        "language": Fate.KEEP,
        "custom": Fate.EMPTY,
        "external_id": Fate.EMPTY,
        "user": Fate.EMPTY,
        "search_words": Fate.EMPTY,  # follows the fields it is made of
    },
)
declare(
    "crm.ContactMessage",
    customer="customer_id",
    email="email",
    fields={
        "name": Fate.EMPTY,
        "email": Fate.PSEUDONYMISE,
        "message": Fate.EMPTY,
        "answered_by": Fate.KEEP,
    },
)
declare("crm.Assignment", customer="customer_id", fields={"user": Fate.KEEP})
