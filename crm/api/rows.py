"""What customers look like in the API."""

from core.api import Many, Rows, money
from crm.models import Assignment

ASSIGNMENTS = Rows(
    columns={
        "user": "user_id",
        "email": "user__email",
        "full_name": "user__full_name",
        "customer": "customer_id",
        "since": "created_at",
    }
)

CUSTOMERS = Rows(
    columns={
        "id": "id",
        "name": "name",
        "first_name": "first_name",
        "last_name": "last_name",
        "company": "company",
        "email": "email",
        "phone": "phone",
        "line1": "line1",
        "line2": "line2",
        "city": "city",
        "region": "region",
        "postal_code": "postal_code",
        "country": "country",
        "time_zone": "time_zone",
        "language": "language",
        "currency": "currency",
        "status": "status",
        "custom": "custom",
        "user": "user_id",
        "external_platform": "external_platform",
        "external_id": "external_id",
        "orders_count": "orders_count",
        "lifetime_value": money("lifetime_value_minor", "lifetime_value_currency"),
        "first_order_at": "first_order_at",
        "last_order_at": "last_order_at",
        "merged_into": "merged_into_id",
        "anonymised_at": "anonymised_at",
        "version": "version",
        "created_at": "created_at",
        "updated_at": "updated_at",
    },
    expand={
        "assignments": Many(ASSIGNMENTS, Assignment.objects.all, key="customer_id"),
    },
)
