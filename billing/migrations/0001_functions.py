from django.db import migrations

from billing.models import functions


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [migrations.RunSQL(functions.CREATE, functions.DROP)]
