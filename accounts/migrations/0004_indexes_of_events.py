import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the indexes are made beside writes

    dependencies = [
        ("accounts", "0003_events_of_signing_in_and_lists"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="actor",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="patient",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.patient",
            ),
        ),
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                fields=["actor", "organization", "-at", "-id"], name="event_of_actor"
            ),
        ),
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                fields=["organization", "action"],
                name="event_of_action",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
        ),
    ]
