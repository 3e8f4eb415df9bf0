from django.db import migrations


class Migration(migrations.Migration):
    """After the last reference to this key is gone; the wider one serves instead."""

    dependencies = [
        ("billing", "0005_reservations_as_their_entries"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reservation",
            name="reservation_org_id",
        ),
    ]
