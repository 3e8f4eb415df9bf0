import accounts.models.tenancy
import accounts.models.triggers
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_webhooks"),
        ("billing", "0004_keys_with_their_owner"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="ledgerentry",
            name="entry_reservation_same_org",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reservation",
            trigger=pgtrigger.compiler.Trigger(
                name="reservation_frozen",
                sql=accounts.models.triggers.GuardSql(
                    condition="WHEN (ROW(OLD.organization_id, OLD.authorization_id, OLD.service_code_id, OLD.units,\n            OLD.date_of_service, OLD.source, COALESCE(OLD.consumed_units, NEW.consumed_units))\n        IS DISTINCT FROM\n        ROW(NEW.organization_id, NEW.authorization_id, NEW.service_code_id, NEW.units,\n            NEW.date_of_service, NEW.source, NEW.consumed_units))",
                    func="\n            RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'reservation_frozen';\n        ",
                    hash="65f0698567f6a220c3ed3b31edf2bf96c0322bb7",
                    operation='UPDATE OF "organization_id", "authorization_id", "service_code_id", "units", "date_of_service", "source", "consumed_units"',
                    pgid="pgtrigger_reservation_frozen_edc91",
                    table="billing_reservation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reservation",
            trigger=pgtrigger.compiler.Trigger(
                name="reservation_has_its_entry",
                sql=accounts.models.triggers.GuardSql(
                    constraint="CONSTRAINT",
                    declare="DECLARE explained boolean;",
                    func="\n        SELECT bool_or(kind = 'reserve' AND reserved_delta = NEW.units)\n               AND bool_or(CASE NEW.state\n                   WHEN 'active' THEN kind = 'reserve'\n                   WHEN 'released' THEN kind = 'release' AND reserved_delta = -NEW.units\n                   WHEN 'expired' THEN kind = 'expire' AND reserved_delta = -NEW.units\n                   WHEN 'consumed' THEN kind = 'consume' AND reserved_delta = -NEW.units\n                                        AND used_delta = NEW.consumed_units\n                   WHEN 'reversed' THEN kind = 'reverse' AND used_delta = -NEW.consumed_units\n               END)\n          INTO explained\n          FROM billing_ledgerentry\n         WHERE reservation_id = NEW.id;\n        IF explained IS NOT TRUE THEN\n            RAISE EXCEPTION 'reservation % is % without its entry', NEW.id, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_has_its_entry';\n        END IF;\n        RETURN NULL;\n    ",
                    hash="6669bb2726dcaaca4dbb8e988f76f8a6a521b6a0",
                    operation='INSERT OR UPDATE OF "state"',
                    pgid="pgtrigger_reservation_has_its_entry_ac50f",
                    table="billing_reservation",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=accounts.models.tenancy.SameOrganization(
                also=("authorization",),
                field="reservation",
                name="entry_on_its_authorization",
                to="billing.Reservation",
            ),
        ),
    ]
