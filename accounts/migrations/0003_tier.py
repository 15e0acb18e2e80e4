"""Users have a tier. It follows what they pay for: nobody writes it but the house itself."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

TIERS = [
    ("free", "Free"),
    ("starter", "Starter"),
    ("pro", "Pro"),
    ("expert", "Expert"),
    ("enterprise", "Enterprise"),
]
KNOWN = models.CheckConstraint(
    condition=models.Q(("tier__in", [tier for tier, _ in TIERS])), name="accounts_user_tier_known"
)

# Admins may change users, yet a tier nobody pays for would be a present nobody can account for.
FOLLOWS = """
CREATE FUNCTION accounts_tier_follows() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_user LIKE 'tw\\_%' AND current_user <> 'tw_system' THEN
        RAISE EXCEPTION 'A tier follows from what is paid for; % may not set it.', current_user
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_tier_follows BEFORE UPDATE OF tier ON accounts_user
FOR EACH ROW WHEN (OLD.tier IS DISTINCT FROM NEW.tier)
EXECUTE FUNCTION accounts_tier_follows();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_policies")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="tier",
            field=models.TextField(
                choices=TIERS,
                db_default="free",
                default="free",
                help_text="What they have subscribed to; only services/tiers changes it",
            ),
        ),
        AddConstraintNotValid(model_name="user", constraint=KNOWN),
        ValidateConstraint(model_name="user", name="accounts_user_tier_known"),
        migrations.RunSQL(
            FOLLOWS,
            "DROP TRIGGER accounts_tier_follows ON accounts_user; "
            "DROP FUNCTION accounts_tier_follows()",
        ),
    ]
