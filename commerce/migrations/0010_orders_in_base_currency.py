"""Every order in the house's currency, at the rate of its day: written by the database, so that
service, admin, import, COPY and psql agree; never by anybody else.

* Inserted: converted at the newest rate in force on or before its day (UTC). None: left empty.
* Empty and updated in these columns: asked again, which is how the nightly job fills it in.
* Filled: stays. Only when the total itself is edited does the sum follow, at the rate it was
  placed at; only another currency asks for another rate.
"""

import django.core.validators
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

import core.money

TRIGGER = """
CREATE FUNCTION commerce_order_in_base() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    shift integer;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.base_total_minor IS NOT NULL AND NEW.currency = OLD.currency THEN
        NEW.base_currency := OLD.base_currency;
        NEW.base_total_minor := OLD.base_total_minor;
        NEW.exchange_rate := OLD.exchange_rate;
        NEW.rate_date := OLD.rate_date;
        IF NEW.total_minor <> OLD.total_minor THEN
            shift := commerce_exponent(OLD.base_currency) - commerce_exponent(OLD.currency);
            NEW.base_total_minor :=
                commerce_converted(NEW.total_minor, 1, OLD.exchange_rate, shift);
        END IF;
        RETURN NEW;
    END IF;
    SELECT b.base_currency, b.base_minor, b.rate, b.rate_date
    INTO NEW.base_currency, NEW.base_total_minor, NEW.exchange_rate, NEW.rate_date
    FROM commerce_in_base(NEW.currency, NEW.total_minor, NEW.placed_at) b;
    RETURN NEW;
END $$;
CREATE TRIGGER commerce_order_in_base BEFORE INSERT OR UPDATE OF
    total_minor, currency, base_currency, base_total_minor, exchange_rate, rate_date
ON commerce_order FOR EACH ROW EXECUTE FUNCTION commerce_order_in_base();
"""
NO_TRIGGER = """
DROP TRIGGER commerce_order_in_base ON commerce_order;
DROP FUNCTION commerce_order_in_base();
"""
FIGURES = ("base_currency", "base_total_minor", "exchange_rate", "rate_date")
TOGETHER = models.CheckConstraint(
    name="commerce_order_base_figures_together",
    condition=models.Q(*((f"{name}__isnull", True) for name in FIGURES))
    | models.Q(*((f"{name}__isnull", False) for name in FIGURES)),
)


class Migration(migrations.Migration):
    dependencies = [("commerce", "0009_exchange_rates")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="base_currency",
            field=core.money.CurrencyField(
                editable=False,
                max_length=3,
                null=True,
                validators=[
                    django.core.validators.RegexValidator("^[A-Z]{3}$", "Three capital letters.")
                ],
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="base_total_minor",
            field=core.money.MinorUnitsField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="order",
            name="exchange_rate",
            field=models.DecimalField(
                decimal_places=18,
                editable=False,
                help_text="So many of the base currency for one of the order's",
                max_digits=30,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="rate_date",
            field=models.DateField(editable=False, null=True),
        ),
        AddConstraintNotValid(model_name="order", constraint=TOGETHER),
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
        ValidateConstraint(model_name="order", name=TOGETHER.name),
    ]
