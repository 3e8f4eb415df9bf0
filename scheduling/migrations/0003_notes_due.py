import accounts.models.triggers
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_indexes_of_events"),
        ("scheduling", "0002_appointments_on_their_authorization"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="is_note_due",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="progressnote",
            trigger=pgtrigger.compiler.Trigger(
                name="note_tells_its_session",
                sql=accounts.models.triggers.GuardSql(
                    func="\n                    UPDATE scheduling_session SET is_note_due = is_note_due\n                     WHERE id = NEW.session_id AND ended_at IS NOT NULL\n                       AND is_note_due <> (NEW.status = 'draft');\n                    RETURN NULL;\n                ",
                    hash="2199b768d11dcb5bbc09de80e365a7f48cf41222",
                    operation='INSERT OR UPDATE OF "status"',
                    pgid="pgtrigger_note_tells_its_session_60d16",
                    table="scheduling_progressnote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="session_says_what_is_due",
                sql=accounts.models.triggers.GuardSql(
                    declare="DECLARE status text;",
                    func="\n                    status := (SELECT note.status FROM scheduling_progressnote AS note\n                                WHERE note.session_id = NEW.id);\n                    NEW.is_note_due := NEW.ended_at IS NOT NULL AND coalesce(\n                        status = 'draft',\n                        (SELECT external_id = '' FROM scheduling_appointment\n                          WHERE id = NEW.appointment_id));\n                    RETURN NEW;\n                ",
                    hash="3584a650d2b9532c4f46d341e8ba2648ad3b1934",
                    operation='INSERT OR UPDATE OF "ended_at", "is_note_due"',
                    pgid="pgtrigger_session_says_what_is_due_66ff0",
                    table="scheduling_session",
                    when="BEFORE",
                ),
            ),
        ),
    ]
