"""`manage.py api_key`: a key for a clinic, printed once and alone."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiKey, Event
from tests import factories
from tests.api.client import ApiClient

pytestmark = pytest.mark.django_db


def make(clinic, **options) -> str:
    out = StringIO()
    call_command("api_key", organization=clinic.slug, name="Trial", stdout=out, **options)
    return out.getvalue()


def test_it_prints_the_secret_and_nothing_else(clinic) -> None:
    secret = make(clinic, role="admin").removesuffix("\n")
    assert ApiClient(secret).post("locations", {"name": "North"}).status_code == 201
    event = Event.objects.get(action="api_key.created")
    assert (event.actor_role, event.channel, event.organization) == ("system", "command", clinic)


def test_command_options_set_practitioner_and_scopes(clinic) -> None:
    practitioner = factories.PractitionerFactory(organization=clinic)
    make(clinic, role="practitioner", practitioner=practitioner.pk, scope=["patients:read"])
    key = ApiKey.objects.get()
    assert (key.practitioner, key.scopes) == (practitioner, ["patients:read"])


def test_what_is_wrong_is_a_sentence(clinic) -> None:
    stranger = factories.PractitionerFactory()
    with pytest.raises(CommandError, match="There is no practitioner"):
        make(clinic, role="practitioner", practitioner=stranger.pk)
    with pytest.raises(CommandError, match="acts for a practitioner"):
        make(clinic, role="practitioner")
    with pytest.raises(CommandError, match="There is no clinic"):
        call_command("api_key", organization="nowhere", name="Trial", role="admin")
    make(clinic, role="viewer")
    with pytest.raises(CommandError, match="There is a key of that name"):
        make(clinic, role="viewer")
