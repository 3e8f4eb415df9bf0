from datetime import timedelta

import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import tasks
from accounts.models import IdempotencyKey, Patient


def test_sweeping_takes_what_is_over_and_leaves_the_rest(admin, as_user):
    client = as_user(admin)
    client.get(admin.url("accounts:patients"))
    data = {"legal_first_name": "A", "legal_last_name": "B", "date_of_birth": "2016-05-04"}
    client.post(admin.url("accounts:patient_new"), {**data, "idempotency_key": "k"})
    tasks.sweep.func(timestamp=0)
    assert IdempotencyKey.objects.count() == Session.objects.count() == 1
    assert UserSession.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        tasks.sweep.func(timestamp=0)
    assert not IdempotencyKey.objects.exists()
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()
    assert Patient.objects.count() == 1
