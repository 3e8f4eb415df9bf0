import accounts.models.tenancy
import accounts.models.triggers
import accounts.validators
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("billing", "0001_functions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Payer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=200, validators=[accounts.validators.validate_plain_text]
                    ),
                ),
                (
                    "payer_id",
                    models.CharField(
                        blank=True,
                        max_length=40,
                        validators=[accounts.validators.validate_plain_text],
                        verbose_name="payer ID",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True,
                        max_length=32,
                        validators=[accounts.validators.validate_plain_text],
                    ),
                ),
                ("external_id", models.CharField(blank=True, editable=False, max_length=64)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payers",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="InsurancePolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Primary"), (2, "Secondary"), (3, "Tertiary")], default=1
                    ),
                ),
                (
                    "member_id",
                    models.CharField(
                        max_length=80,
                        validators=[accounts.validators.validate_plain_text],
                        verbose_name="member ID",
                    ),
                ),
                (
                    "group_number",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[accounts.validators.validate_plain_text],
                    ),
                ),
                ("start_date", models.DateField()),
                ("end_date", models.DateField(blank=True, null=True)),
                (
                    "subscriber_relationship",
                    models.CharField(
                        choices=[
                            ("self", "Self"),
                            ("spouse", "Spouse"),
                            ("child", "Child"),
                            ("other", "Other"),
                        ],
                        default="self",
                        max_length=8,
                    ),
                ),
                (
                    "subscriber_name",
                    models.CharField(
                        blank=True,
                        max_length=150,
                        validators=[accounts.validators.validate_plain_text],
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="policies",
                        to="accounts.patient",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="policies",
                        to="billing.payer",
                    ),
                ),
            ],
            options={
                "verbose_name": "insurance policy",
                "verbose_name_plural": "insurance policies",
                "ordering": ["priority", "-start_date", "id"],
            },
        ),
        migrations.CreateModel(
            name="Authorization",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        max_length=60,
                        validators=[accounts.validators.validate_plain_text],
                        verbose_name="authorization number",
                    ),
                ),
                ("start_date", models.DateField()),
                ("end_date", models.DateField()),
                (
                    "cap_per_day",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="units per day at most"
                    ),
                ),
                (
                    "cap_per_week",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="units per week at most"
                    ),
                ),
                (
                    "cap_per_month",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="units per month at most"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("active", "Active"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="active",
                        max_length=12,
                    ),
                ),
                ("total_units", models.IntegerField(default=0, editable=False)),
                ("used_units", models.IntegerField(default=0, editable=False)),
                ("reserved_units", models.IntegerField(default=0, editable=False)),
                ("entry_count", models.IntegerField(default=0, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorizations",
                        to="accounts.organization",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorizations",
                        to="accounts.patient",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorizations",
                        to="billing.insurancepolicy",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorizations",
                        to="billing.payer",
                    ),
                ),
            ],
            options={
                "ordering": ["end_date", "id"],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("units", models.IntegerField()),
                ("consumed_units", models.IntegerField(null=True)),
                ("date_of_service", models.DateField()),
                ("source", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("consumed", "Consumed"),
                            ("released", "Released"),
                            ("expired", "Expired"),
                            ("reversed", "Consumed, then reversed"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "authorization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="billing.authorization",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["date_of_service", "id"],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grant", "Granted"),
                            ("adjust", "Adjusted"),
                            ("reserve", "Reserved"),
                            ("release", "Released"),
                            ("consume", "Consumed"),
                            ("expire", "Reservation expired"),
                            ("reverse", "Consumption reversed"),
                        ],
                        max_length=8,
                    ),
                ),
                ("units", models.IntegerField()),
                ("total_delta", models.IntegerField(default=0)),
                ("used_delta", models.IntegerField(default=0)),
                ("reserved_delta", models.IntegerField(default=0)),
                ("total_after", models.IntegerField()),
                ("used_after", models.IntegerField()),
                ("reserved_after", models.IntegerField()),
                ("date_of_service", models.DateField(null=True)),
                ("source", models.CharField(blank=True, max_length=80)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "authorization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.authorization",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "reservation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.reservation",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "ordering": ["authorization", "number"],
            },
        ),
        migrations.CreateModel(
            name="ServiceCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=12,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9]{3,12}$", "Capital letters and digits only."
                            )
                        ],
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        max_length=80, validators=[accounts.validators.validate_plain_text]
                    ),
                ),
                (
                    "modifiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=2,
                            validators=[
                                django.core.validators.RegexValidator(
                                    "^[A-Z0-9]{2}$", "A modifier has two characters."
                                )
                            ],
                        ),
                        blank=True,
                        default=list,
                        size=4,
                    ),
                ),
                ("is_timed", models.BooleanField(default=True, verbose_name="timed")),
                (
                    "minutes_per_unit",
                    models.PositiveSmallIntegerField(
                        default=15,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(480),
                        ],
                    ),
                ),
                (
                    "rounding",
                    models.CharField(
                        choices=[
                            ("up", "Up: a started unit counts"),
                            ("cms", "CMS 8-minute rule"),
                            ("midpoint", "Midpoint: more than half a unit counts"),
                            ("session", "One unit per session"),
                        ],
                        default="cms",
                        max_length=8,
                    ),
                ),
                (
                    "default_minutes",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="usual length (minutes)",
                    ),
                ),
                (
                    "default_rate",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=10,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.00"))],
                        verbose_name="rate per unit",
                    ),
                ),
                (
                    "allows_concurrent",
                    models.BooleanField(
                        default=False,
                        verbose_name="may run beside another such service for the same patient",
                    ),
                ),
                (
                    "allows_group",
                    models.BooleanField(
                        default=False, verbose_name="may be given to several patients at once"
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_codes",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["code", "id"],
            },
        ),
        migrations.AddField(
            model_name="reservation",
            name="service_code",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.servicecode",
            ),
        ),
        migrations.CreateModel(
            name="AuthorizedService",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=60)),
                ("start_date", models.DateField()),
                ("end_date", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("active", "Active"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "authorization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="services",
                        to="billing.authorization",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.payer",
                    ),
                ),
                (
                    "service_code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.servicecode",
                    ),
                ),
            ],
            options={
                "ordering": ["service_code__code", "id"],
            },
        ),
        migrations.AddField(
            model_name="authorization",
            name="service_codes",
            field=models.ManyToManyField(
                related_name="authorizations",
                through="billing.AuthorizedService",
                to="billing.servicecode",
            ),
        ),
        migrations.AddConstraint(
            model_name="payer",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                django.db.models.functions.text.Lower("name"),
                name="payer_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payer",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="payer_org_id"),
        ),
        migrations.AddConstraint(
            model_name="insurancepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_date__isnull", True),
                    ("end_date__gte", models.F("start_date")),
                    _connector="OR",
                ),
                name="policy_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="insurancepolicy",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("is_active", True)),
                expressions=[
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(
                                "patient_id", models.BigIntegerField()
                            ),
                            django.db.models.functions.comparison.Cast(
                                "patient_id", models.BigIntegerField()
                            ),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(
                                "priority", models.BigIntegerField()
                            ),
                            django.db.models.functions.comparison.Cast(
                                "priority", models.BigIntegerField()
                            ),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            "start_date",
                            "end_date",
                            models.Value("[]"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="policy_one_per_priority",
            ),
        ),
        migrations.AddConstraint(
            model_name="insurancepolicy",
            constraint=accounts.models.tenancy.SameOrganization(
                field="patient", name="policy_patient_same_org", to="accounts.Patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="insurancepolicy",
            constraint=accounts.models.tenancy.SameOrganization(
                field="payer", name="policy_payer_same_org", to="billing.Payer"
            ),
        ),
        migrations.AddConstraint(
            model_name="insurancepolicy",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="policy_org_id"),
        ),
        migrations.AddConstraint(
            model_name="insurancepolicy",
            constraint=models.UniqueConstraint(
                fields=("organization", "id", "patient", "payer"), name="policy_of_patient_by_payer"
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["authorization", "at"], name="entry_by_instant"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                fields=("authorization", "number"), name="entry_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number__gte", 1),
                    (
                        "total_after__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("used_after"), "+", models.F("reserved_after")
                        ),
                    ),
                    ("used_after__gte", 0),
                    ("reserved_after__gte", 0),
                ),
                name="entry_balance_lawful",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "grant"),
                        ("reserved_delta", 0),
                        ("total_delta__gt", 0),
                        ("used_delta", 0),
                    ),
                    models.Q(
                        ("kind", "adjust"),
                        ("reserved_delta", 0),
                        ("used_delta", 0),
                        models.Q(("total_delta", 0), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(
                        ("kind", "reserve"),
                        ("reserved_delta__gt", 0),
                        ("total_delta", 0),
                        ("used_delta", 0),
                    ),
                    models.Q(
                        ("kind__in", ["release", "expire"]),
                        ("reserved_delta__lt", 0),
                        ("total_delta", 0),
                        ("used_delta", 0),
                    ),
                    models.Q(
                        ("kind", "consume"),
                        ("reserved_delta__lt", 0),
                        ("total_delta", 0),
                        ("used_delta__gte", 0),
                    ),
                    models.Q(
                        ("kind", "reverse"),
                        ("reserved_delta", 0),
                        ("total_delta", 0),
                        ("used_delta__lte", 0),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="entry_moves_as_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["grant", "adjust"]), ("reservation__isnull", True)),
                    models.Q(
                        models.Q(("kind__in", ["grant", "adjust"]), _negated=True),
                        ("reservation__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="entry_has_reservation",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "reserve")),
                fields=("reservation",),
                name="entry_reserves_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["release", "consume", "expire"])),
                fields=("reservation",),
                name="entry_ends_reservation_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "reverse")),
                fields=("reservation",),
                name="entry_reverses_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=accounts.models.tenancy.SameOrganization(
                field="authorization",
                name="entry_authorization_same_org",
                to="billing.Authorization",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=accounts.models.tenancy.SameOrganization(
                field="reservation", name="entry_reservation_same_org", to="billing.Reservation"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ledgerentry",
            trigger=pgtrigger.compiler.Trigger(
                name="ledger_entry_append_only",
                sql=accounts.models.triggers.GuardSql(
                    func="\n            RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_entry_append_only';\n        ",
                    hash="f4e01dcb83ec0bc1f5d70ca33c8fe524359efe61",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_ledger_entry_append_only_1669c",
                    table="billing_ledgerentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ledgerentry",
            trigger=pgtrigger.compiler.Trigger(
                name="ledger_entry_never_truncated",
                sql=accounts.models.triggers.GuardSql(
                    func="\n            RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_entry_never_truncated';\n        ",
                    hash="b69a768fb78e5d4cb355ab4e36042babb0c090fa",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_ledger_entry_never_truncated_2e361",
                    table="billing_ledgerentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ledgerentry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_moved_the_balance",
                sql=accounts.models.triggers.GuardSql(
                    constraint="CONSTRAINT",
                    func="\n            IF NEW.number > (SELECT entry_count FROM billing_authorization\n                              WHERE id = NEW.authorization_id) THEN\n                RAISE EXCEPTION 'entry % did not move the balance', NEW.id\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_moves_the_balance';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="be38c93b546be37c37755ee6946cb917395665aa",
                    operation="INSERT",
                    pgid="pgtrigger_entry_moved_the_balance_7751d",
                    table="billing_ledgerentry",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecode",
            constraint=models.UniqueConstraint(
                fields=("organization", "code", "modifiers"), name="service_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecode",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes_per_unit__gte", 1), ("default_rate__gte", 0)),
                name="service_code_figures",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rounding", "cms"), _negated=True),
                    ("minutes_per_unit", 15),
                    _connector="OR",
                ),
                name="service_code_cms_is_per_quarter_hour",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecode",
            constraint=models.UniqueConstraint(
                fields=("organization", "id"), name="service_code_org_id"
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                fields=["authorization", "date_of_service"], name="reservation_by_service_day"
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("state", "active")),
                fields=["expires_at"],
                name="reservation_to_expire",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(("units__gte", 1)), name="reservation_units_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("consumed_units__isnull", True),
                        ("ended_at__isnull", True),
                        ("state", "active"),
                    ),
                    models.Q(
                        ("consumed_units__isnull", True),
                        ("ended_at__isnull", False),
                        ("state__in", ["released", "expired"]),
                    ),
                    models.Q(
                        ("consumed_units__gte", 0),
                        ("ended_at__isnull", False),
                        ("state__in", ["consumed", "reversed"]),
                    ),
                    _connector="OR",
                ),
                name="reservation_ends_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "active")),
                fields=("organization", "source"),
                name="reservation_source_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=accounts.models.tenancy.SameOrganization(
                field="authorization",
                name="reservation_authorization_same_org",
                to="billing.Authorization",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=accounts.models.tenancy.SameOrganization(
                field="service_code",
                name="reservation_service_code_same_org",
                to="billing.ServiceCode",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                fields=("organization", "id"), name="reservation_org_id"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reservation",
            trigger=pgtrigger.compiler.Trigger(
                name="reservation_ends_once",
                sql=accounts.models.triggers.GuardSql(
                    condition="WHEN (OLD.\"state\" <> NEW.\"state\" AND (OLD.\"state\", NEW.\"state\") NOT IN (('active', 'consumed'), ('active', 'released'), ('active', 'expired'), ('consumed', 'reversed')))",
                    func="\n            RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'reservation_ends_once';\n        ",
                    hash="1e3d8b0d41a658e21e5d402dd830c6a655c70a57",
                    operation='UPDATE OF "state"',
                    pgid="pgtrigger_reservation_ends_once_c085f",
                    table="billing_reservation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reservation",
            trigger=pgtrigger.compiler.Trigger(
                name="reservation_within_caps",
                sql=accounts.models.triggers.GuardSql(
                    condition="WHEN (NEW.state IN ('active', 'consumed'))",
                    declare="DECLARE cap billing_authorization%ROWTYPE;",
                    func="\n        IF TG_OP = 'UPDATE' AND COALESCE(NEW.consumed_units, NEW.units)\n                                <= COALESCE(OLD.consumed_units, OLD.units) THEN\n            RETURN NULL;\n        END IF;\n        SELECT * INTO cap FROM billing_authorization WHERE id = NEW.authorization_id;\n        IF cap.cap_per_day IS NULL AND cap.cap_per_week IS NULL AND cap.cap_per_month IS NULL THEN\n            RETURN NULL;\n        END IF;\n        IF cap.cap_per_day < billing_units_held(NEW.authorization_id, NEW.date_of_service, 'day')\n           OR cap.cap_per_week\n              < billing_units_held(NEW.authorization_id, NEW.date_of_service, 'week')\n           OR cap.cap_per_month\n              < billing_units_held(NEW.authorization_id, NEW.date_of_service, 'month')\n        THEN\n            RAISE EXCEPTION 'more units than a cap of authorization % allows', cap.id\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_cap';\n        END IF;\n        RETURN NULL;\n    ",
                    hash="26cb384ee6f84f3dae4ad8a54d42c00a71ce8f4d",
                    operation='INSERT OR UPDATE OF "units", "consumed_units", "state"',
                    pgid="pgtrigger_reservation_within_caps_9c84e",
                    table="billing_reservation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reservation",
            trigger=pgtrigger.compiler.Trigger(
                name="reservation_of_covered_service",
                sql=accounts.models.triggers.GuardSql(
                    func="\n        IF NOT EXISTS (\n            SELECT 1 FROM billing_authorizedservice\n             WHERE authorization_id = NEW.authorization_id\n               AND service_code_id = NEW.service_code_id\n        ) THEN\n            RAISE EXCEPTION 'authorization % does not cover the service', NEW.authorization_id\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_of_covered_service';\n        END IF;\n        RETURN NULL;\n    ",
                    hash="e9723becb2f119a8a8c50fa32872859076994485",
                    operation="INSERT",
                    pgid="pgtrigger_reservation_of_covered_service_fb130",
                    table="billing_reservation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reservation",
            trigger=pgtrigger.compiler.Trigger(
                name="reservation_kept",
                sql=accounts.models.triggers.GuardSql(
                    func="\n            RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'reservation_kept';\n        ",
                    hash="e37c0794e1c16d46d6b55d82b55003db63b73e9f",
                    operation="DELETE",
                    pgid="pgtrigger_reservation_kept_caa11",
                    table="billing_reservation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="authorizedservice",
            constraint=models.UniqueConstraint(
                fields=("authorization", "service_code"), name="authorized_service_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorizedservice",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("status", "cancelled"), _negated=True),
                expressions=[
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(
                                "payer_id", models.BigIntegerField()
                            ),
                            django.db.models.functions.comparison.Cast(
                                "payer_id", models.BigIntegerField()
                            ),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(
                                "service_code_id", models.BigIntegerField()
                            ),
                            django.db.models.functions.comparison.Cast(
                                "service_code_id", models.BigIntegerField()
                            ),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            "number",
                            "number",
                            models.Value("[]"),
                            function="textrange",
                            output_field=models.TextField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            "start_date",
                            "end_date",
                            models.Value("[]"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="authorization_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorizedservice",
            constraint=accounts.models.tenancy.SameOrganization(
                field="authorization",
                name="authorized_service_authorization_same_org",
                to="billing.Authorization",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorizedservice",
            constraint=accounts.models.tenancy.SameOrganization(
                field="service_code",
                name="authorized_service_service_code_same_org",
                to="billing.ServiceCode",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorizedservice",
            constraint=accounts.models.tenancy.SameOrganization(
                field="payer", name="authorized_service_payer_same_org", to="billing.Payer"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="authorizedservice",
            trigger=pgtrigger.compiler.Trigger(
                name="service_repeats_authorization",
                sql=accounts.models.triggers.GuardSql(
                    func="\n            SELECT payer_id, number, start_date, end_date, status\n              INTO NEW.payer_id, NEW.number, NEW.start_date, NEW.end_date, NEW.status\n              FROM billing_authorization WHERE id = NEW.authorization_id;\n            RETURN NEW;\n        ",
                    hash="10e40f4892c41486aa6c52b9bfa2a038a3658939",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_service_repeats_authorization_c1dfc",
                    table="billing_authorizedservice",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="authorization",
            index=models.Index(
                fields=["organization", "end_date", "id"], name="authorization_by_end"
            ),
        ),
        migrations.AddIndex(
            model_name="authorization",
            index=models.Index(fields=["patient", "end_date"], name="authorization_of_patient"),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("total_units__gte", 0), ("used_units__gte", 0), ("reserved_units__gte", 0)
                ),
                name="authorization_balance_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "total_units__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("used_units"), "+", models.F("reserved_units")
                        ),
                    )
                ),
                name="authorization_never_overbooked",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_date__gte", models.F("start_date"))),
                name="authorization_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cap_per_day__isnull", True), ("cap_per_day__gte", 1), _connector="OR"
                    ),
                    models.Q(
                        ("cap_per_week__isnull", True), ("cap_per_week__gte", 1), _connector="OR"
                    ),
                    models.Q(
                        ("cap_per_month__isnull", True), ("cap_per_month__gte", 1), _connector="OR"
                    ),
                ),
                name="authorization_caps_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=accounts.models.tenancy.SameOrganization(
                field="patient", name="authorization_patient_same_org", to="accounts.Patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=accounts.models.tenancy.SameOrganization(
                field="policy", name="authorization_policy_same_org", to="billing.InsurancePolicy"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=accounts.models.tenancy.SameOrganization(
                field="payer", name="authorization_payer_same_org", to="billing.Payer"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=accounts.models.tenancy.SameOrganization(
                also=("patient", "payer"),
                field="policy",
                name="authorization_of_its_policy",
                to="billing.InsurancePolicy",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.UniqueConstraint(
                fields=("organization", "id"), name="authorization_org_id"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="authorization",
            trigger=pgtrigger.compiler.Trigger(
                name="balance_moves_with_entries",
                sql=accounts.models.triggers.GuardSql(
                    func="\n        IF TG_OP = 'INSERT' THEN\n            IF (NEW.total_units, NEW.used_units, NEW.reserved_units, NEW.entry_count)\n               IS DISTINCT FROM (0, 0, 0, 0) THEN\n                RAISE EXCEPTION 'an authorization starts with an empty balance'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_starts_empty';\n            END IF;\n        ELSIF NEW.entry_count < OLD.entry_count OR (NEW.entry_count = OLD.entry_count AND\n                (NEW.total_units, NEW.used_units, NEW.reserved_units)\n                IS DISTINCT FROM (OLD.total_units, OLD.used_units, OLD.reserved_units)) THEN\n            RAISE EXCEPTION 'a balance moves only with a ledger entry'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_moves_with_entry';\n        END IF;\n        RETURN NEW;\n    ",
                    hash="a38a18fbbcd8550b7543b6ca5419d2f97f7fb071",
                    operation="UPDATE OR INSERT",
                    pgid="pgtrigger_balance_moves_with_entries_5b7f4",
                    table="billing_authorization",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="authorization",
            trigger=pgtrigger.compiler.Trigger(
                name="balance_has_its_entries",
                sql=accounts.models.triggers.GuardSql(
                    condition="WHEN (OLD.entry_count IS DISTINCT FROM NEW.entry_count)",
                    constraint="CONSTRAINT",
                    declare="DECLARE explained boolean;",
                    func="\n        IF NEW.entry_count = OLD.entry_count + 1 THEN\n            explained := EXISTS (\n                SELECT 1 FROM billing_ledgerentry\n                 WHERE authorization_id = NEW.id AND number = NEW.entry_count\n                   AND total_after = NEW.total_units AND used_after = NEW.used_units\n                   AND reserved_after = NEW.reserved_units\n                   AND total_delta = NEW.total_units - OLD.total_units\n                   AND used_delta = NEW.used_units - OLD.used_units\n                   AND reserved_delta = NEW.reserved_units - OLD.reserved_units\n            );\n        ELSE\n            SELECT count(*) = NEW.entry_count - OLD.entry_count\n                   AND bool_and(total_after = OLD.total_units + total\n                                AND used_after = OLD.used_units + used\n                                AND reserved_after = OLD.reserved_units + reserved)\n                   AND bool_or(number = NEW.entry_count AND total_after = NEW.total_units\n                               AND used_after = NEW.used_units\n                               AND reserved_after = NEW.reserved_units)\n              INTO explained\n              FROM (\n                SELECT number, total_after, used_after, reserved_after,\n                       sum(total_delta) OVER so_far AS total,\n                       sum(used_delta) OVER so_far AS used,\n                       sum(reserved_delta) OVER so_far AS reserved\n                  FROM billing_ledgerentry\n                 WHERE authorization_id = NEW.id\n                   AND number > OLD.entry_count AND number <= NEW.entry_count\n                WINDOW so_far AS (ORDER BY number)\n              ) AS entries;\n        END IF;\n        IF explained IS NOT TRUE THEN\n            RAISE EXCEPTION 'the balance of authorization % moved without its entry', NEW.id\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_moves_with_entry';\n        END IF;\n        RETURN NULL;\n    ",
                    hash="3bc8a6d3caf68c986f7256db2419e3b7146de93c",
                    operation="UPDATE",
                    pgid="pgtrigger_balance_has_its_entries_6bb3d",
                    table="billing_authorization",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="authorization",
            trigger=pgtrigger.compiler.Trigger(
                name="copies_to_services",
                sql=accounts.models.triggers.GuardSql(
                    func="\n        UPDATE billing_authorizedservice\n           SET payer_id = NEW.payer_id, number = NEW.number, start_date = NEW.start_date,\n               end_date = NEW.end_date, status = NEW.status\n         WHERE authorization_id = NEW.id;\n        RETURN NULL;\n    ",
                    hash="3679aa50b7673cf35ef76b5e8d0c0a2402bb63db",
                    operation='UPDATE OF "payer_id", "number", "start_date", "end_date", "status"',
                    pgid="pgtrigger_copies_to_services_64b66",
                    table="billing_authorization",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="authorization",
            trigger=pgtrigger.compiler.Trigger(
                name="authorization_kept",
                sql=accounts.models.triggers.GuardSql(
                    func="\n            RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'authorization_kept';\n        ",
                    hash="f876d38389aa32ddf12311c81b8f1fd6e9c663f5",
                    operation="DELETE",
                    pgid="pgtrigger_authorization_kept_6f5bf",
                    table="billing_authorization",
                    when="BEFORE",
                ),
            ),
        ),
    ]
