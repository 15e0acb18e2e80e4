"""Lists read live orders by indexes of their own; what happens to an archived one brings it back."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

COMES_BACK = """
CREATE FUNCTION commerce_order_comes_back() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.archived_at := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER commerce_order_comes_back
BEFORE UPDATE OF status, payment_status, attention ON commerce_order FOR EACH ROW
WHEN (OLD.archived_at IS NOT NULL AND NEW.archived_at IS NOT NULL
      AND (OLD.status, OLD.payment_status, OLD.attention)
          IS DISTINCT FROM (NEW.status, NEW.payment_status, NEW.attention))
EXECUTE FUNCTION commerce_order_comes_back();
"""
STAYS = """
DROP TRIGGER commerce_order_comes_back ON commerce_order;
DROP FUNCTION commerce_order_comes_back();
"""


class Migration(migrations.Migration):
    atomic = False  # indexes are built beside the work

    dependencies = [("commerce", "0026_members_media")]

    operations = [
        AddIndexConcurrently(
            "order",
            models.Index(
                fields=["-placed_at", "-id"],
                name="commerce_order_live",
                condition=Q(archived_at__isnull=True),
            ),
        ),
        AddIndexConcurrently(
            "order",
            models.Index(
                fields=["status", "-placed_at", "-id"],
                name="commerce_order_live_status",
                condition=Q(archived_at__isnull=True),
            ),
        ),
        migrations.RunSQL(COMES_BACK, STAYS),
    ]
