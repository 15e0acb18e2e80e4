"""Who may see which customers, decided by the database."""

from django.db import migrations

from core.identity.policies import ALL_VERBS, Rule, protect

# Runs with the owner's rights, because an agent's own view of crm_assignment would ask itself.
# As an array from a scalar subquery it becomes an index condition; any other shape scans the
# whole table (docs/decisions: row-level security).
MY_CUSTOMERS = """
CREATE FUNCTION app_my_customers() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(customer_id), '{}') FROM crm_assignment WHERE user_id = app_uid()
$$;
"""

MINE = "id = ANY ((SELECT app_my_customers())::uuid[])"


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial"), ("core", "0002_event_log")]

    operations = [
        migrations.RunSQL(MY_CUSTOMERS, "DROP FUNCTION app_my_customers()"),
        # An agent adds a customer after the assignment to it (crm/services/customers.py), so the
        # same condition holds for reading, changing and adding.
        protect(
            "crm_customer",
            agent=Rule(MINE, verbs="SELECT INSERT UPDATE"),
            shopper=Rule("user_id = (SELECT app_uid())"),
        ),
        # No INSERT for agents: who could assign himself could see everybody.
        protect(
            "crm_assignment",
            agent=Rule("user_id = (SELECT app_uid())"),
            wide_verbs=ALL_VERBS,
        ),
    ]
