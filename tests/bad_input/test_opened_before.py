"""A page that was opened before somebody else's change does not take that back."""

from __future__ import annotations

import pytest

from tests.bad_input.site import Site, assert_kept, writing
from tests.pages import form_on, open_form

# What is typed into each edit page; a new one has to say it here.
TYPED = {
    "accounts:guardian_edit": "name",
    "accounts:patient_edit": "preferred_name",
    "accounts:practitioner_edit": "first_name",
    "accounts:settings": "city",
    "accounts:webhook_edit": "description",
    "billing:authorization_edit": "cap_per_week",
    "billing:payer_edit": "name",
    "billing:policy_edit": "group_number",
    "billing:service_code_edit": "label",
    "scheduling:location_edit": "address",
    "scheduling:room_edit": "name",
}
FIRST, SECOND, THIRD = "901", "902", "903"


def test_every_edit_page_is_here() -> None:
    assert {one for one in writing() if one.endswith("_edit")} | {"accounts:settings"} == set(TYPED)


@pytest.mark.parametrize("address", sorted(TYPED))
def test_what_changed_meanwhile_stays(site: Site, db: None, address: str) -> None:
    name, path = TYPED[address], site.forms[address][0].form.action
    client = site.world.clients[site.forms[address][0].person]
    ours, theirs = (open_form(client, path, having=name) for _ in range(2))
    assert theirs.send(client, **{name: FIRST}).status_code == 302
    for _ in range(2):
        refused = ours.send(client, **{name: SECOND})
        assert (refused.status_code, refused.context["refusal"].code) == (409, "stale")
        assert_kept(refused, {name: SECOND})
        assert f'<a href="{path}" target="_blank">' in refused.content.decode()
        ours = form_on(refused, having=name)
    as_it_is = open_form(client, path, having=name)
    assert as_it_is.values[name] == FIRST
    assert as_it_is.send(client, **{name: THIRD}).status_code == 302
