"""Another clinic's units are not here, whatever is to be done with them."""

import pytest

from accounts.errors import NotFound
from accounts.models import Event
from billing.ledger import services as ledger
from tests import factories


@pytest.fixture
def theirs(db):
    return factories.AuthorizationFactory(units=8)


@pytest.fixture
def held(theirs):
    return ledger.reserve(
        actor=factories.actor(theirs.organization),
        authorization=theirs,
        patient=theirs.patient,
        service_code=theirs.service_codes.get(),
        units=4,
        date_of_service=theirs.start_date,
        source="appointment:1",
    )


@pytest.mark.parametrize(
    ("movement", "values"),
    [
        (ledger.grant, {"units": 4}),
        (ledger.adjust, {"units": 4, "reason": "The letter"}),
        (ledger.release, {}),
        (ledger.expire, {}),
        (ledger.consume, {"units": 4}),
        (ledger.reverse, {"reason": "A mistake"}),
    ],
)
def test_another_clinics_units_do_not_move(admin, theirs, held, movement, values):
    events = Event.objects.count()
    row = (
        {"authorization": theirs}
        if movement in (ledger.grant, ledger.adjust)
        else {"reservation": held}
    )
    with pytest.raises(NotFound):
        movement(actor=admin, **row, **values)
    theirs.refresh_from_db()
    assert (theirs.total_units, theirs.reserved_units) == (8, 4)
    assert Event.objects.count() == events
