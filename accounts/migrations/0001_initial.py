import accounts.models.patient
import accounts.models.tenancy
import accounts.models.triggers
import accounts.npi
import accounts.validators
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        max_length=150,
                        validators=[accounts.validators.validate_plain_text],
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False, verbose_name="may use the installation's admin"
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiUsage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("credential", models.CharField(max_length=40)),
                ("minute", models.DateTimeField()),
                ("requests", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("credential", "minute"), name="api_usage_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Organization",
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
                ("slug", models.SlugField(max_length=60, unique=True)),
                (
                    "time_zone",
                    models.CharField(
                        default="America/New_York",
                        max_length=64,
                        validators=[accounts.validators.validate_time_zone],
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        default="USD",
                        max_length=3,
                        validators=[accounts.validators.validate_currency],
                    ),
                ),
                (
                    "npi",
                    models.CharField(
                        blank=True,
                        max_length=10,
                        validators=[accounts.npi.validate_npi],
                        verbose_name="NPI",
                    ),
                ),
                (
                    "tax_id",
                    models.CharField(
                        blank=True,
                        max_length=10,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\d{2}-?\\d{7}$", "A tax ID (EIN) has nine digits: 12-3456789."
                            )
                        ],
                        verbose_name="tax ID",
                    ),
                ),
                (
                    "taxonomy",
                    models.CharField(
                        blank=True,
                        max_length=10,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9A-Z]{9}X$",
                                "A taxonomy code has ten characters, the last an X.",
                            )
                        ],
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
                (
                    "address_line1",
                    models.CharField(
                        blank=True,
                        max_length=120,
                        validators=[accounts.validators.validate_plain_text],
                        verbose_name="address",
                    ),
                ),
                (
                    "address_line2",
                    models.CharField(
                        blank=True,
                        max_length=120,
                        validators=[accounts.validators.validate_plain_text],
                        verbose_name="address, second line",
                    ),
                ),
                (
                    "city",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[accounts.validators.validate_plain_text],
                    ),
                ),
                (
                    "region",
                    models.CharField(
                        blank=True,
                        max_length=40,
                        validators=[accounts.validators.validate_plain_text],
                        verbose_name="state",
                    ),
                ),
                (
                    "postal_code",
                    models.CharField(
                        blank=True,
                        max_length=16,
                        validators=[accounts.validators.validate_plain_text],
                    ),
                ),
                ("opens_at", models.TimeField(default="08:00")),
                ("closes_at", models.TimeField(default="18:00")),
                (
                    "idle_minutes",
                    models.PositiveSmallIntegerField(
                        default=15,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(240),
                        ],
                        verbose_name="idle sign-out after (minutes)",
                    ),
                ),
                (
                    "late_cancellation_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        validators=[django.core.validators.MaxValueValidator(336)],
                        verbose_name="a cancellation is late within (hours)",
                    ),
                ),
                (
                    "patients_may_cancel",
                    models.BooleanField(
                        default=True, verbose_name="patients may cancel online before that"
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "mrn_counter",
                    models.PositiveIntegerField(db_default=0, default=0, editable=False),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="organization_closes_after_opening",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("admin", "Administrator"),
                            ("practitioner", "Practitioner"),
                            ("viewer", "Viewer"),
                            ("patient", "Patient or guardian"),
                        ],
                        max_length=16,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["user__email"],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("verb", models.CharField(max_length=60)),
                ("fingerprint", models.CharField(max_length=64)),
                ("result_model", models.CharField(blank=True, max_length=60)),
                ("result_id", models.BigIntegerField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        max_length=500, validators=[accounts.validators.validate_plain_text]
                    ),
                ),
                (
                    "granted_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("expires_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "ordering": ["-granted_at"],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
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
                        max_length=100, validators=[accounts.validators.validate_plain_text]
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("admin", "Administrator"),
                            ("practitioner", "Practitioner"),
                            ("viewer", "Viewer"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                ("prefix", models.CharField(max_length=16)),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                (
                    "previous_hash",
                    models.CharField(blank=True, max_length=64, null=True, unique=True),
                ),
                ("previous_expires_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_keys",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="ApiAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("credential", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("headers", models.JSONField(default=dict)),
                ("content", models.BinaryField()),
                (
                    "created_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Patient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mrn",
                    models.CharField(
                        max_length=40,
                        validators=[accounts.validators.validate_plain_text],
                        verbose_name="MRN",
                    ),
                ),
                (
                    "legal_first_name",
                    models.CharField(
                        max_length=100, validators=[accounts.validators.validate_plain_text]
                    ),
                ),
                (
                    "legal_last_name",
                    models.CharField(
                        max_length=100, validators=[accounts.validators.validate_plain_text]
                    ),
                ),
                (
                    "preferred_name",
                    models.CharField(
                        blank=True,
                        max_length=100,
                        validators=[accounts.validators.validate_plain_text],
                    ),
                ),
                ("date_of_birth", models.DateField()),
                (
                    "phone",
                    models.CharField(
                        blank=True,
                        max_length=32,
                        validators=[accounts.validators.validate_plain_text],
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "address_line1",
                    models.CharField(
                        blank=True,
                        max_length=120,
                        validators=[accounts.validators.validate_plain_text],
                        verbose_name="address",
                    ),
                ),
                (
                    "city",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[accounts.validators.validate_plain_text],
                    ),
                ),
                (
                    "region",
                    models.CharField(
                        blank=True,
                        max_length=40,
                        validators=[accounts.validators.validate_plain_text],
                        verbose_name="state",
                    ),
                ),
                (
                    "postal_code",
                    models.CharField(
                        blank=True,
                        max_length=16,
                        validators=[accounts.validators.validate_plain_text],
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=accounts.models.patient.PatientSearchVector(),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patients",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patient_records",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["legal_last_name", "legal_first_name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Guardian",
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
                        max_length=150, validators=[accounts.validators.validate_plain_text]
                    ),
                ),
                (
                    "relationship",
                    models.CharField(
                        max_length=60, validators=[accounts.validators.validate_plain_text]
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
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("may_sign_in", models.BooleanField(default=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guardianships",
                        to=settings.AUTH_USER_MODEL,
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
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guardians",
                        to="accounts.patient",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("actor_role", models.CharField(max_length=16)),
                ("channel", models.CharField(max_length=16)),
                ("action", models.CharField(max_length=60)),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.BigIntegerField()),
                ("details", models.JSONField(default=dict)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("address", models.GenericIPAddressField(null=True)),
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
                    "api_key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apikey",
                    ),
                ),
                (
                    "break_glass",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="accounts.breakglass",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.patient",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="breakglass",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="break_glass",
                to="accounts.patient",
            ),
        ),
        migrations.CreateModel(
            name="Practitioner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "first_name",
                    models.CharField(
                        max_length=100, validators=[accounts.validators.validate_plain_text]
                    ),
                ),
                (
                    "last_name",
                    models.CharField(
                        max_length=100, validators=[accounts.validators.validate_plain_text]
                    ),
                ),
                (
                    "npi",
                    models.CharField(
                        blank=True,
                        max_length=10,
                        validators=[accounts.npi.validate_npi],
                        verbose_name="NPI",
                    ),
                ),
                (
                    "credential",
                    models.CharField(
                        blank=True,
                        max_length=40,
                        validators=[accounts.validators.validate_plain_text],
                    ),
                ),
                (
                    "taxonomy",
                    models.CharField(
                        blank=True,
                        max_length=10,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9A-Z]{9}X$",
                                "A taxonomy code has ten characters, the last an X.",
                            )
                        ],
                    ),
                ),
                (
                    "hue",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(7)],
                        verbose_name="calendar colour",
                    ),
                ),
                ("external_id", models.CharField(blank=True, editable=False, max_length=64)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="practitioners",
                        to="accounts.organization",
                    ),
                ),
                (
                    "supervisor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervisees",
                        to="accounts.practitioner",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="practitioner_profiles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["last_name", "first_name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("admin", "Administrator"),
                            ("practitioner", "Practitioner"),
                            ("viewer", "Viewer"),
                            ("patient", "Patient or guardian"),
                        ],
                        max_length=16,
                    ),
                ),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "guardian",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.guardian",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="accounts.organization",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.patient",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.practitioner",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="CareTeamMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
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
                        related_name="care_team",
                        to="accounts.patient",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="care_team",
                        to="accounts.practitioner",
                    ),
                ),
            ],
            options={
                "ordering": ["practitioner__last_name", "id"],
            },
        ),
        migrations.AddField(
            model_name="apikey",
            name="practitioner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.practitioner",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"), name="user_email_ci"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("user", "organization"), name="membership_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["admin", "practitioner", "viewer", "patient"])),
                name="membership_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="idempotencykey",
            constraint=models.UniqueConstraint(fields=("user", "key"), name="idempotency_key_once"),
        ),
        migrations.AddConstraint(
            model_name="apianswer",
            constraint=models.UniqueConstraint(
                fields=("credential", "key"), name="api_answer_once"
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search"], name="patient_search"
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                fields=["organization", "legal_last_name", "legal_first_name", "id"],
                name="patient_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["organization", "date_of_birth"], name="patient_by_birth"),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                django.db.models.functions.text.Lower("mrn"),
                name="patient_mrn_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.UniqueConstraint(
                fields=("organization", "id"), name="patient_org_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="guardian",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user__isnull", False)),
                fields=("patient", "user"),
                name="guardian_user_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="guardian",
            constraint=accounts.models.tenancy.SameOrganization(
                field="patient", name="guardian_patient_same_org", to="accounts.Patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="guardian",
            constraint=models.UniqueConstraint(
                fields=("organization", "id"), name="guardian_org_id"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["organization", "-at", "-id"], name="event_of_clinic"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["object_type", "object_id", "-at", "-id"], name="event_of_object"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["patient", "-at", "-id"], name="event_of_patient"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=accounts.models.tenancy.SameOrganization(
                field="patient", name="event_patient_same_org", to="accounts.Patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="event_org_id"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=accounts.models.tenancy.SameOrganization(
                field="api_key", name="event_api_key_same_org", to="accounts.ApiKey"
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=accounts.models.tenancy.SameOrganization(
                field="break_glass", name="event_break_glass_same_org", to="accounts.BreakGlass"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="event",
            trigger=pgtrigger.compiler.Trigger(
                name="event_append_only",
                sql=accounts.models.triggers.GuardSql(
                    func="\n            RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'event_append_only';\n        ",
                    hash="fa963979777dc4c14f49881ed04ef47c2c260fa5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_event_append_only_4335f",
                    table="accounts_event",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="event",
            trigger=pgtrigger.compiler.Trigger(
                name="event_never_truncated",
                sql=accounts.models.triggers.GuardSql(
                    func="\n            RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'event_never_truncated';\n        ",
                    hash="77c12b30c8ea36fb4bf30ca956198db948dfc79d",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_event_never_truncated_7af60",
                    table="accounts_event",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="breakglass",
            index=models.Index(fields=["user", "patient", "expires_at"], name="break_glass_open"),
        ),
        migrations.AddConstraint(
            model_name="breakglass",
            constraint=accounts.models.tenancy.SameOrganization(
                field="patient", name="break_glass_patient_same_org", to="accounts.Patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="breakglass",
            constraint=models.UniqueConstraint(
                fields=("organization", "id"), name="break_glass_org_id"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="breakglass",
            trigger=pgtrigger.compiler.Trigger(
                name="break_glass_append_only",
                sql=accounts.models.triggers.GuardSql(
                    func="\n            RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'break_glass_append_only';\n        ",
                    hash="f54da9b8ea30a725f96a3f99237c9f102468e9c5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_break_glass_append_only_bfc1e",
                    table="accounts_breakglass",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="breakglass",
            trigger=pgtrigger.compiler.Trigger(
                name="break_glass_never_truncated",
                sql=accounts.models.triggers.GuardSql(
                    func="\n            RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME\n                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'break_glass_never_truncated';\n        ",
                    hash="b572b82e72151a03a831db1b4f64dcad8f182767",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_break_glass_never_truncated_91a77",
                    table="accounts_breakglass",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="practitioner",
            constraint=models.UniqueConstraint(
                condition=models.Q(("npi", ""), _negated=True),
                fields=("organization", "npi"),
                name="practitioner_npi_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="practitioner",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user__isnull", False)),
                fields=("organization", "user"),
                name="practitioner_user_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="practitioner",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("organization", "external_id"),
                name="practitioner_external_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="practitioner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("supervisor__isnull", True),
                    models.Q(("supervisor", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="practitioner_not_own_supervisor",
            ),
        ),
        migrations.AddConstraint(
            model_name="practitioner",
            constraint=accounts.models.tenancy.SameOrganization(
                field="supervisor",
                name="practitioner_supervisor_same_org",
                to="accounts.Practitioner",
            ),
        ),
        migrations.AddConstraint(
            model_name="practitioner",
            constraint=models.UniqueConstraint(
                fields=("organization", "id"), name="practitioner_org_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=accounts.models.tenancy.SameOrganization(
                field="patient", name="invitation_patient_same_org", to="accounts.Patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=accounts.models.tenancy.SameOrganization(
                field="guardian", name="invitation_guardian_same_org", to="accounts.Guardian"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=accounts.models.tenancy.SameOrganization(
                field="practitioner",
                name="invitation_practitioner_same_org",
                to="accounts.Practitioner",
            ),
        ),
        migrations.AddConstraint(
            model_name="careteammember",
            constraint=models.UniqueConstraint(
                fields=("patient", "practitioner"), name="care_team_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="careteammember",
            constraint=accounts.models.tenancy.SameOrganization(
                field="patient", name="care_team_patient_same_org", to="accounts.Patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="careteammember",
            constraint=accounts.models.tenancy.SameOrganization(
                field="practitioner",
                name="care_team_practitioner_same_org",
                to="accounts.Practitioner",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("organization", "name"),
                name="api_key_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("practitioner__isnull", False), ("role", "practitioner")),
                    models.Q(
                        models.Q(("role", "practitioner"), _negated=True), ("practitioner", None)
                    ),
                    _connector="OR",
                ),
                name="api_key_practitioner_with_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=accounts.models.tenancy.SameOrganization(
                field="practitioner",
                name="api_key_practitioner_same_org",
                to="accounts.Practitioner",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.UniqueConstraint(
                fields=("organization", "id"), name="api_key_org_id"
            ),
        ),
    ]
