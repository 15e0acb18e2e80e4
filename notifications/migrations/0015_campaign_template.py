import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0014_recipients_address_key"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="template",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="One of your own (made under Wording); empty: the text below",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="notifications.template",
            ),
        ),
    ]
