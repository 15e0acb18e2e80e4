"""What a currency is worth on a day: said once, never changed; and how the database converts."""

import django.core.validators
import django.db.models.functions.datetime
from django.db import migrations, models

import core.money
from commerce.rates.database import sync_functions

CODE = [django.core.validators.RegexValidator("^[A-Z]{3}$", "Three capital letters.")]
SOURCES = [("ecb", "European Central Bank"), ("manual", "Staff"), ("demo", "Demo data")]
STATES = [
    ("in_force", "In force"),
    ("held", "Held for review"),
    ("covered", "Covered by a manual rate"),
    ("replaced", "Replaced"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]

# Everybody reads rates; staff and the house add some and move their state; nobody removes one.
WRITERS = "tw_admin, tw_manager, tw_system"
GRANTS = f"""
REVOKE INSERT, UPDATE, DELETE ON commerce_exchangerate FROM tw_base, tradewind_app;
GRANT INSERT, UPDATE ON commerce_exchangerate TO {WRITERS};
"""
NO_GRANTS = f"""
REVOKE INSERT, UPDATE ON commerce_exchangerate FROM {WRITERS};
GRANT INSERT, UPDATE, DELETE ON commerce_exchangerate TO tw_base, tradewind_app;
"""

KEPT = """
CREATE FUNCTION commerce_exchangerate_kept() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.day, NEW.currency, NEW.per_euro, NEW.source, NEW.reason, NEW.set_by, NEW.created_at)
       IS DISTINCT FROM
       (OLD.day, OLD.currency, OLD.per_euro, OLD.source, OLD.reason, OLD.set_by, OLD.created_at)
    THEN
        RAISE EXCEPTION 'A rate is never changed: add another one for that day.'
              USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER commerce_exchangerate_kept BEFORE UPDATE ON commerce_exchangerate
FOR EACH ROW EXECUTE FUNCTION commerce_exchangerate_kept();
"""
NOT_KEPT = """
DROP TRIGGER commerce_exchangerate_kept ON commerce_exchangerate;
DROP FUNCTION commerce_exchangerate_kept();
"""

# The newest rate in force on or before a day. None that is too old: the bank pauses for five days
# at most, and has stopped quoting currencies; what staff set by hand holds for a quarter.
RATE_ON = """
CREATE FUNCTION commerce_rate_on(code text, asked date,
                                 OUT per_euro numeric, OUT day date, OUT source text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF code = 'EUR' THEN
        per_euro := 1; day := asked; source := 'euro';
        RETURN;
    END IF;
    SELECT r.per_euro, r.day, r.source INTO per_euro, day, source
    FROM commerce_exchangerate r
    WHERE r.currency = code AND r.state = 'in_force' AND r.day <= asked
    ORDER BY r.day DESC LIMIT 1;
    IF day < asked - (CASE source WHEN 'manual' THEN 100 ELSE 10 END) THEN
        per_euro := NULL; day := NULL; source := NULL;
    END IF;
END $$;
"""

# From one currency into another through the euro, exactly, rounded once: half up, as Regulation
# (EC) 1103/97 article 5 rounds. div() gives the whole part of an exact quotient.
CONVERTED = """
CREATE FUNCTION commerce_converted(minor numeric, from_per_euro numeric, to_per_euro numeric,
                                   shift integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN shift = 0 THEN
            div(2 * minor * to_per_euro + from_per_euro, 2 * from_per_euro)
        WHEN shift > 0 THEN
            div(2 * minor * to_per_euro * 10::numeric ^ shift + from_per_euro, 2 * from_per_euro)
        ELSE div(2 * minor * to_per_euro + from_per_euro * 10::numeric ^ -shift,
                 2 * from_per_euro * 10::numeric ^ -shift)
    END
$$;
"""

IN_BASE = """
CREATE FUNCTION commerce_in_base(code text, minor bigint, placed timestamptz,
    OUT base_currency text, OUT base_minor bigint, OUT rate numeric, OUT rate_date date)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    base text := commerce_base_currency();
    asked date := (placed AT TIME ZONE 'UTC')::date;
    mine record; ours record; sum numeric;
BEGIN
    IF code = base THEN
        base_currency := base; base_minor := minor; rate := 1; rate_date := asked;
        RETURN;
    END IF;
    mine := commerce_rate_on(code, asked);
    ours := commerce_rate_on(base, asked);
    sum := commerce_converted(minor, mine.per_euro, ours.per_euro,
                              commerce_exponent(base) - commerce_exponent(code));
    IF sum <= 1e18 THEN  -- false for NULL too
        base_currency := base; base_minor := sum;
        rate := round(ours.per_euro::numeric(60, 30) / mine.per_euro, 18);
        rate_date := least(mine.day, ours.day);
    END IF;
END $$;
"""
NO_FUNCTIONS = """
DROP FUNCTION commerce_in_base(text, bigint, timestamptz);
DROP FUNCTION commerce_converted(numeric, numeric, numeric, integer);
DROP FUNCTION commerce_rate_on(text, date);
DROP FUNCTION commerce_exponent(text);
DROP FUNCTION commerce_base_currency();
"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0008_members_write")]

    operations = [
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("currency", core.money.CurrencyField(max_length=3, validators=CODE)),
                (
                    "per_euro",
                    models.DecimalField(
                        decimal_places=10,
                        help_text="So many of this currency",
                        max_digits=20,
                        verbose_name="one euro is",
                    ),
                ),
                ("source", models.TextField(choices=SOURCES)),
                (
                    "state",
                    models.TextField(choices=STATES, db_default="in_force", default="in_force"),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        db_default="",
                        help_text="Why it was set by hand, or why it is held",
                    ),
                ),
                (
                    "set_by",
                    models.UUIDField(editable=False, help_text="Who set it by hand", null=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "decided_by",
                    models.UUIDField(
                        editable=False, help_text="Who last moved its state", null=True
                    ),
                ),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                (
                    "decision",
                    models.TextField(
                        blank=True, db_default="", help_text="Why its state was moved"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source__in", [value for value, _ in SOURCES])),
                        name="commerce_exchangerate_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", [value for value, _ in STATES])),
                        name="commerce_exchangerate_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("per_euro__gt", 0)),
                        name="commerce_exchangerate_worth_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency", "EUR"), _negated=True),
                        name="commerce_exchangerate_not_the_euro",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", "manual"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="commerce_exchangerate_manual_has_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "in_force")),
                        fields=("currency", "day"),
                        include=("per_euro", "source"),
                        name="commerce_exchangerate_in_force",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["currency", "-day"], name="commerce_exchangerate_history"),
                    models.Index(
                        condition=models.Q(("state", "held")),
                        fields=["-day", "currency"],
                        name="commerce_exchangerate_held",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GRANTS, NO_GRANTS),
        migrations.RunSQL(KEPT, NOT_KEPT),
        migrations.RunPython(
            lambda apps, schema_editor: sync_functions(using=schema_editor.connection.alias),
            migrations.RunPython.noop,
        ),
        migrations.RunSQL(RATE_ON + CONVERTED + IN_BASE, NO_FUNCTIONS),
    ]
