from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("scheduling", "0003_notes_due")]

    operations = [
        AddIndexConcurrently(
            model_name="session",
            index=models.Index(
                condition=models.Q(("is_note_due", True)),
                fields=["organization", "practitioner", "started_at"],
                name="session_note_due",
            ),
        ),
    ]
