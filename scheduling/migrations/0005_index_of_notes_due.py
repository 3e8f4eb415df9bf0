from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is made beside writes

    dependencies = [("scheduling", "0004_notes_due_already")]

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
