from django.db import migrations

# From before there was a trigger, which says the same of all that come.
DUE_ALREADY = """
    UPDATE scheduling_session AS session SET is_note_due = true
     WHERE ended_at IS NOT NULL AND (
        EXISTS (SELECT FROM scheduling_progressnote AS note
                 WHERE note.session_id = session.id AND note.status = 'draft')
        OR NOT EXISTS (SELECT FROM scheduling_progressnote AS note
                        WHERE note.session_id = session.id)
       AND EXISTS (SELECT FROM scheduling_appointment AS appointment
                    WHERE appointment.id = session.appointment_id AND external_id = ''))
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0003_notes_due")]

    operations = [migrations.RunSQL(DUE_ALREADY, migrations.RunSQL.noop)]
