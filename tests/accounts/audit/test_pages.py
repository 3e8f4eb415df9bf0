import csv
import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection

from accounts.audit.csv_export import cell
from accounts.models import Event
from accounts.patients import services as patients
from accounts.roles import Role
from accounts.writes import events, record_views
from tests import factories


def exported(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def trail(admin, viewer, clinic):
    """Two views of Ada on the clinic's 4 March, one change of Bo on its 5 March."""
    ada = factories.PatientFactory(organization=clinic, legal_first_name="Ada", mrn="A1")
    bo = factories.PatientFactory(organization=clinic, legal_first_name="Bo", mrn="B2")
    # 05:30 UTC is still the evening before in Chicago.
    with time_machine.travel(datetime(2026, 3, 5, 5, 30, tzinfo=UTC), tick=False):
        record_views.view(actor=admin, patient=ada)
        record_views.view(actor=viewer, patient=ada)
    with time_machine.travel(datetime(2026, 3, 5, 6, 30, tzinfo=UTC), tick=False):
        patients.update(actor=admin, patient=bo, preferred_name="=1+1")
    return {"ada": ada, "bo": bo}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("action=patient.viewed", 2),
        ("action=Patient+updated", 1),
        ("patient=Ada", 2),
        ("patient=B2", 1),
        ("first=2026-03-05", 1),
        ("last=2026-03-04", 2),
        ("first=2026-03-04&last=2026-03-05", 3),
        ("first=2026-03-06", 0),
        ("object=patient", 3),
        ("object=accounts.Patient", 3),
        ("object=appointment", 0),
        ("object=nothing+of+ours", 0),
    ],
)
def test_page_and_export_filter_alike(trail, admin, as_user, query, count):
    client = as_user(admin)
    page = client.get(f"{admin.url('accounts:audit')}?{query}")
    assert len(page.context["table"].page.object_list) == count
    rows = exported(client, f"{admin.url('accounts:audit_export')}?{query}")
    assert len([row for row in rows if row["action"] != "audit.exported"]) == count


def test_filters_by_actor_and_object(trail, admin, viewer, as_user):
    client = as_user(admin)
    by_viewer = f"{admin.url('accounts:audit')}?actor={viewer.user.pk}"
    assert len(client.get(by_viewer).context["table"].page.object_list) == 1
    to_bo = f"{admin.url('accounts:audit')}?object=patient+{trail['bo'].pk}"
    [row] = client.get(to_bo).context["table"].page.object_list
    assert row.record.action == "patient.updated"


@pytest.fixture
def many(trail, admin):
    """So many events by somebody else about something else that reading all would be dear.

    Of a few rows, or by another test's statistics, the planner may choose any index.
    """
    other = factories.actor(admin.organization)
    told = {"actor": other, "action": "payer.updated", "obj": admin.organization}
    Event.objects.bulk_create([events.describe(**told) for _ in range(3000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_event")


@pytest.mark.parametrize(
    ("query", "index", "condition"),
    [
        ("object=patient+{bo}", "event_of_object", "object_id = "),
        ("actor={viewer}", "event_of_actor", "actor_id = "),
        ("action=Patient+updated", "event_of_action", "action)::text ~>=~ "),
    ],
)
def test_a_filter_finds_few_among_many_by_its_index(
    many, trail, admin, viewer, as_user, query, index, condition
):
    query = query.format(bo=trail["bo"].pk, viewer=viewer.user.pk)
    rows = as_user(admin).get(f"{admin.url('accounts:audit')}?{query}").context["filter"].qs
    assert index in (plan := rows.explain())
    assert condition in plan.split("Index Cond")[1].split("\n")[0]


def test_the_export_carries_no_formula_and_is_an_event(trail, admin, as_user):
    address = admin.url("accounts:audit_export") + "?action=patient.updated"
    [row] = exported(as_user(admin), address)
    assert row["time"] == "2026-03-05T00:30:00-06:00"
    assert row["user"] == admin.user.email
    assert row["MRN"] == "B2"
    assert row["details"] == "preferred name: – → =1+1"
    event = Event.objects.get(action="audit.exported")
    assert event.details == {"filters": ["action"], "ids": {}}


def test_the_export_event_omits_typed_text(trail, admin, viewer, as_user):
    address = admin.url("accounts:audit_export")
    client = as_user(admin)
    exported(client, f"{address}?patient=Ada+Moreno&object=&actor={viewer.user.pk}")
    event = Event.objects.get(action="audit.exported")
    assert event.details == {"filters": ["actor", "patient"], "ids": {"actor": viewer.user.pk}}
    shown = client.get(admin.url("accounts:audit"), {"action": "audit.exported"}).content.decode()
    assert f"ids: actor {viewer.user.pk}" in shown


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "|x", "%0"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_quoted(text):
    assert cell(text) == f"'{text}"


def test_a_plain_cell_stays_as_it_is():
    assert (cell("Ada =1"), cell(None), cell(7)) == ("Ada =1", "", "7")


def test_the_audit_log_is_closed_to_other_roles(clinic, as_user):
    for role in (Role.PRACTITIONER, Role.PATIENT, Role.SUPERADMIN):
        actor = factories.actor(clinic, role)
        for name in ("accounts:audit", "accounts:audit_export"):
            assert as_user(actor).get(actor.url(name)).status_code == 403
    assert not Event.objects.exists()


def test_another_clinics_events_are_not_in_it(trail, elsewhere, as_user):
    other = factories.actor(elsewhere)
    page = as_user(other).get(other.url("accounts:audit"))
    assert len(page.context["table"].page.object_list) == 0


def test_invalid_query_parameters_cause_no_error(trail, admin, as_user):
    client = as_user(admin)
    for query in ("page=x", "page=999", f"page={10**30}", "object=patient+9e9"):
        assert client.get(f"{admin.url('accounts:audit')}?{query}").status_code == 200


@pytest.mark.parametrize("name", ["audit", "audit_export"])
def test_an_invalid_filter_is_reported_and_lists_nothing(trail, admin, as_user, name):
    for query in ("first=yesterday", "last=9999-12-31", "actor=99999"):
        page = as_user(admin).get(f"{admin.url(f'accounts:{name}')}?{query}")
        assert page.status_code == 422
        assert len(page.context["table"].page.object_list) == 0
        assert page.context["table"].refusals


def test_a_page_asks_the_same_for_one_event_and_for_many(
    admin, clinic, as_user, django_assert_num_queries
):
    client = as_user(admin)
    patient = factories.PatientFactory(organization=clinic)
    record_views.view(actor=admin, patient=patient)
    address = admin.url("accounts:audit")
    client.get(address)
    with django_assert_num_queries(6):
        client.get(address)
    for _ in range(40):
        record_views.view(actor=factories.actor(clinic), patient=patient)
    with django_assert_num_queries(6):
        assert len(client.get(address).context["table"].page.object_list) == 25


def test_history_lists_a_patients_events(trail, admin, as_user):
    client = as_user(admin)
    address = admin.url("accounts:patient_history", pk=trail["ada"].pk)
    assert client.get(address).content.count(b"Record viewed") == 2
