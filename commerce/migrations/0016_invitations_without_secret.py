"""Whoever has proven that an address is theirs may accept: the mail needs no secret."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0015_parts_of_present_orders"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="vendorinvitation",
            name="token_hash",
        ),
    ]
