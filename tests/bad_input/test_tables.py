"""Without this the tests of bad input would prove nothing."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.models import Patient
from tests import factories
from tests.bad_input.tables import Snapshot

pytestmark = pytest.mark.django_db


def test_a_snapshot_detects_every_kind_of_write_until_rollback() -> None:
    patient = factories.PatientFactory()
    before = Snapshot()
    assert before.is_unchanged()
    for write in (
        lambda: Patient.objects.filter(pk=patient.pk).update(city="Dayton"),
        lambda: factories.PatientFactory(organization=patient.organization),
        lambda: patient.delete(),
    ):
        with transaction.atomic():
            write()
            assert not before.is_unchanged()
            assert not before.is_unchanged()
            transaction.set_rollback(True)
        assert before.is_unchanged()
