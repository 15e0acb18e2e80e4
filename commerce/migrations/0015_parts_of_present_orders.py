"""Parts for the orders that were there before: a few thousand at a time, each a transaction.

Stopped at any moment it goes on where it was when it is run again; meanwhile orders may be placed
and moved, for their triggers stand already.
"""

from django.db import migrations, transaction

BATCH = 5000
SOME = """
SELECT array_agg(id), (array_agg(id ORDER BY id DESC))[1]
FROM (SELECT id FROM commerce_order WHERE id > %s ORDER BY id LIMIT %s) batch
"""
NOBODY = "00000000-0000-0000-0000-000000000000"


def make_parts(apps, schema_editor):
    connection = schema_editor.connection
    last = NOBODY
    while last is not None:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(SOME, [last, BATCH])
            some, last = cursor.fetchone()
            if some:
                cursor.execute("SELECT commerce_sum_parts(%s)", [some])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("commerce", "0014_parts_follow")]

    operations = [migrations.RunPython(make_parts, migrations.RunPython.noop, elidable=True)]
