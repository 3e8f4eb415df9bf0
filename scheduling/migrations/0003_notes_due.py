import accounts.models.triggers
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


# The trigger says what is due; this finds the rows that it has not seen, which are few.
DUE_ALREADY = """
    UPDATE scheduling_session SET is_note_due = true
     WHERE ended_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM scheduling_progressnote AS note
         WHERE note.session_id = scheduling_session.id AND note.status = 'signed')
"""


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
                name="note_of_session",
                sql=accounts.models.triggers.GuardSql(
                    func="\n                    UPDATE scheduling_session SET is_note_due = is_note_due\n                     WHERE id = NEW.session_id AND is_note_due <> (NEW.status = 'draft');\n                    RETURN NULL;\n                ",
                    hash="5dde9965586acb4858507d2e6ecba1eaf1b03506",
                    operation='INSERT OR UPDATE OF "status"',
                    pgid="pgtrigger_note_of_session_cbdda",
                    table="scheduling_progressnote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="session_note_due",
                sql=accounts.models.triggers.GuardSql(
                    declare="DECLARE status text;",
                    func="\n                    status := (SELECT note.status FROM scheduling_progressnote AS note\n                                WHERE note.session_id = NEW.id);\n                    NEW.is_note_due := NEW.ended_at IS NOT NULL AND coalesce(\n                        status = 'draft',\n                        (SELECT external_id = '' FROM scheduling_appointment\n                          WHERE id = NEW.appointment_id));\n                    RETURN NEW;\n                ",
                    hash="7d1e00ddf6ae019b5c614dd7a61eea617af82ed4",
                    operation='INSERT OR UPDATE OF "ended_at", "is_note_due"',
                    pgid="pgtrigger_session_note_due_b0fa2",
                    table="scheduling_session",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(DUE_ALREADY, migrations.RunSQL.noop),
    ]
