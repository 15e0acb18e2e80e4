"""What there is lies at one default location; what is paid and not shipped lies on the shelf again.

Until now a payment took pieces off `on_hand`. Those of orders that are not shipped yet go back to
it, as sold (`allocated`): what can be sold stays the same, to the piece.
"""

from django.db import migrations

PLACE = """
INSERT INTO commerce_stocklocation
       (id, created_at, updated_at, name, country, priority, is_active, is_default)
SELECT gen_random_uuid(), now(), now(), 'Main', '', 100, true, true
WHERE NOT EXISTS (SELECT FROM commerce_stocklocation WHERE is_default);
UPDATE commerce_stockitem
SET location_id = (SELECT id FROM commerce_stocklocation WHERE is_default)
WHERE location_id IS NULL;
"""

# Shipped: the order says so. Refunded and never shipped: nobody waits for it, it is free again.
STATES = """
UPDATE commerce_reservation r
SET state = CASE
        WHEN o.status IN ('shipped', 'out_for_delivery', 'delivered') OR o.shipped_at IS NOT NULL
            THEN 'shipped'
        WHEN o.status IN ('cancelled', 'refunded') THEN 'returning'
        ELSE 'allocated' END
FROM commerce_order o WHERE o.id = r.order_id AND r.state = 'committed';
UPDATE commerce_reservation SET shipped = quantity WHERE state = 'shipped';
UPDATE commerce_reservation SET expires_at = now() + interval '24 hours' WHERE state = 'active';
"""

FIGURES = """
INSERT INTO commerce_stockmovement
       (item_id, kind, on_hand_change, reserved_change, allocated_change, source, reason, at)
SELECT item_id, CASE state WHEN 'allocated' THEN 'allocate' ELSE 'restock' END,
       quantity, 0, CASE state WHEN 'allocated' THEN quantity ELSE 0 END,
       'order:' || order_id || ':' || id, 'On the shelf until it is shipped', now()
FROM commerce_reservation WHERE state IN ('allocated', 'returning');
UPDATE commerce_stockitem i
SET on_hand = i.on_hand + back.pieces, allocated = i.allocated + back.sold, updated_at = now()
FROM (SELECT item_id, sum(quantity) AS pieces,
             coalesce(sum(quantity) FILTER (WHERE state = 'allocated'), 0) AS sold
      FROM commerce_reservation WHERE state IN ('allocated', 'returning') GROUP BY item_id) back
WHERE back.item_id = i.id;
UPDATE commerce_reservation SET state = 'released' WHERE state = 'returning';
"""

AS_BEFORE = """
UPDATE commerce_stockitem SET on_hand = on_hand - allocated, allocated = 0 WHERE allocated <> 0;
UPDATE commerce_reservation SET state = 'committed' WHERE state IN ('allocated', 'shipped');
UPDATE commerce_reservation SET state = 'released' WHERE state IN ('expired', 'waiting');
DELETE FROM commerce_stockmovement WHERE on_hand_change = 0 AND reserved_change = 0;
UPDATE commerce_stockmovement SET source = source || ':' || kind, kind = 'adjust'
WHERE kind NOT IN ('receive', 'adjust', 'reserve', 'release', 'commit', 'restock');
"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0022_stock_locations")]

    operations = [
        migrations.RunSQL(PLACE, "UPDATE commerce_stockitem SET location_id = NULL"),
        migrations.RunSQL(STATES + FIGURES, AS_BEFORE),
    ]
