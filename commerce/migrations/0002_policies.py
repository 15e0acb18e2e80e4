"""Who may see and change which rows of commerce, decided by the database."""

from django.db import migrations

from core.identity.policies import Rule, protect

MINE = "customer_id = ANY ((SELECT app_my_customers())::uuid[])"
MY_OWN = "user_id = (SELECT app_uid())"

# Everybody reads the catalogue; only staff and the house set prices and count stock.
CATALOGUE = (
    "commerce_vendor",
    "commerce_category",
    "commerce_product",
    "commerce_variant",
    "commerce_price",
    "commerce_stockitem",
)
WRITERS = "tw_admin, tw_manager, tw_system"


def staff_writes(table: str) -> migrations.RunSQL:
    """Reading for all, writing for staff and the house."""
    return migrations.RunSQL(
        f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM tw_base, tradewind_app; "
        f"GRANT INSERT, UPDATE, DELETE ON {table} TO {WRITERS}",
        f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {WRITERS}; "
        f"GRANT INSERT, UPDATE, DELETE ON {table} TO tw_base, tradewind_app",
    )


class Migration(migrations.Migration):
    dependencies = [("commerce", "0001_initial"), ("crm", "0002_policies")]

    operations = [
        *[staff_writes(table) for table in CATALOGUE],
        protect("commerce_vendormember", shopper=Rule(MY_OWN)),
        protect("commerce_stockmovement", agent=Rule(), wide_verbs="SELECT INSERT"),
        protect("commerce_ordercounter"),
        protect("commerce_importrun"),
        # A cart's token opens it through a service that acts for the house. It belongs to no
        # customer yet, so agents find none.
        protect("commerce_cart", agent=Rule("false"), shopper=Rule(MY_OWN)),
        protect("commerce_cartline", agent=Rule("false"), shopper=Rule(MY_OWN)),
        protect(
            "commerce_order",
            agent=Rule(MINE, verbs="SELECT UPDATE"),
            shopper=Rule(MY_OWN),
        ),
        protect("commerce_orderline", agent=Rule(MINE), shopper=Rule(MY_OWN)),
        protect("commerce_reservation", agent=Rule(MINE)),
        # history is written by the trigger of 0003, with the owner's rights, and by nobody else
        protect(
            "commerce_orderstatuschange",
            agent=Rule(MINE),
            shopper=Rule(MY_OWN),
            wide_verbs="SELECT",
        ),
    ]
