from django.db import migrations, models


class Migration(migrations.Migration):
    """What wider references need. No row can fail these: the id alone is unique already."""

    dependencies = [
        ("billing", "0003_eligibility_checks"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.UniqueConstraint(
                fields=("organization", "id", "patient"), name="authorization_with_patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                fields=("organization", "id", "authorization"),
                name="reservation_with_authorization",
            ),
        ),
    ]
