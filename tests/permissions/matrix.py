"""Every address × method × person, and what they get.

`in` is the way to the sign-in page; other numbers are the answer's status. A POST is empty: 422 is
a form that asks for its fields, 302 a button that did its work, 409 a rule that stands against it.
404 is what somebody else's record answers, 403 what one's role may never do.

`object` is what the address is about; `cast.py` says who is who and has one of each kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.permissions.cast import CAST

TABLE = """
# address                              object        method adm pra out vie pat gua sup str for nob

# outside any clinic
accounts:entrance                                    GET    302 302 302 302 302 302 302 302 302 in
accounts:entrance                                    POST   302 302 302 302 302 302 302 302 302 in
accounts:clinics                                     GET    200 200 200 200 200 200 200 200 200 in
accounts:clinics                                     POST   200 200 200 200 200 200 200 200 200 in
accounts:invitation                    token         GET    200 200 200 200 200 200 200 200 200 200
accounts:invitation                    token         POST   409 409 409 409 409 409 409 409 409 422

# the clinic's first page
clinic:home                                          GET    200 200 200 200 200 200 200 404 404 in
clinic:home                                          POST   200 200 200 200 200 200 200 404 404 in

# people, settings and the audit log
accounts:patients                                    GET    200 200 200 200 403 403 200 404 404 in
accounts:patients                                    POST   200 200 200 200 403 403 200 404 404 in
accounts:patient_new                                 GET    200 403 403 403 403 403 403 404 404 in
accounts:patient_new                                 POST   422 403 403 403 403 403 403 404 404 in
accounts:patient                       patient       GET    200 200 302 200 200 200 302 404 404 in
accounts:patient                       patient       POST   200 200 302 200 200 200 302 404 404 in
accounts:patient_edit                  patient       GET    200 403 404 403 403 403 404 404 404 in
accounts:patient_edit                  patient       POST   422 403 404 403 403 403 404 404 404 in
accounts:patient_history               patient       GET    200 200 404 200 403 403 404 404 404 in
accounts:patient_history               patient       POST   200 200 404 200 403 403 404 404 404 in
accounts:patient_break_glass           patient       GET    403 302 200 403 403 403 200 404 404 in
accounts:patient_break_glass           patient       POST   403 302 422 403 403 403 422 404 404 in
accounts:patient_invite                patient       GET    200 403 404 403 403 403 404 404 404 in
accounts:patient_invite                patient       POST   422 403 404 403 403 403 404 404 404 in
accounts:guardian_new                  patient       GET    200 403 404 403 403 403 404 404 404 in
accounts:guardian_new                  patient       POST   422 403 404 403 403 403 404 404 404 in
accounts:patient_team_add              patient       GET    200 403 404 403 403 403 404 404 404 in
accounts:patient_team_add              patient       POST   422 403 404 403 403 403 404 404 404 in
accounts:guardian_edit                 guardian      GET    200 403 404 403 403 403 404 404 404 in
accounts:guardian_edit                 guardian      POST   422 403 404 403 403 403 404 404 404 in
accounts:guardian_invite               guardian      GET    200 403 404 403 403 403 404 404 404 in
accounts:guardian_invite               guardian      POST   422 403 404 403 403 403 404 404 404 in
accounts:patient_team_remove           care team     GET    200 403 404 403 403 403 404 404 404 in
accounts:patient_team_remove           care team     POST   302 403 404 403 403 403 404 404 404 in
accounts:practitioners                               GET    200 200 200 200 403 403 200 404 404 in
accounts:practitioners                               POST   200 200 200 200 403 403 200 404 404 in
accounts:practitioner_new                            GET    200 403 403 403 403 403 200 404 404 in
accounts:practitioner_new                            POST   422 403 403 403 403 403 422 404 404 in
accounts:practitioner                  practitioner  GET    200 200 200 200 403 403 200 404 404 in
accounts:practitioner                  practitioner  POST   200 200 200 200 403 403 200 404 404 in
accounts:practitioner_edit             practitioner  GET    200 403 403 403 403 403 200 404 404 in
accounts:practitioner_edit             practitioner  POST   422 403 403 403 403 403 422 404 404 in
accounts:practitioner_history          practitioner  GET    200 403 403 200 403 403 403 404 404 in
accounts:practitioner_history          practitioner  POST   200 403 403 200 403 403 403 404 404 in
accounts:members                                     GET    200 403 403 200 403 403 200 404 404 in
accounts:members                                     POST   200 403 403 200 403 403 200 404 404 in
accounts:member_invite                               GET    200 403 403 403 403 403 200 404 404 in
accounts:member_invite                               POST   422 403 403 403 403 403 422 404 404 in
accounts:member_role                   member        GET    200 403 404 403 404 404 200 404 404 in
accounts:member_role                   member        POST   422 403 404 403 404 404 422 404 404 in
accounts:member_deactivate             member        GET    200 403 404 403 404 404 200 404 404 in
accounts:member_deactivate             member        POST   302 403 404 403 404 404 302 404 404 in
accounts:member_reactivate             member        GET    200 403 404 403 404 404 200 404 404 in
accounts:member_reactivate             member        POST   302 403 404 403 404 404 302 404 404 in
accounts:invitation_resend             invitation    GET    200 404 404 403 404 404 200 404 404 in
accounts:invitation_resend             invitation    POST   302 404 404 403 404 404 302 404 404 in
accounts:invitation_revoke             invitation    GET    200 404 404 403 404 404 200 404 404 in
accounts:invitation_revoke             invitation    POST   302 404 404 403 404 404 302 404 404 in
accounts:webhooks                                    GET    200 403 403 403 403 403 403 404 404 in
accounts:webhooks                                    POST   200 403 403 403 403 403 403 404 404 in
accounts:webhook_new                                 GET    200 403 403 403 403 403 403 404 404 in
accounts:webhook_new                                 POST   422 403 403 403 403 403 403 404 404 in
accounts:webhook                       webhook       GET    200 404 404 404 404 404 404 404 404 in
accounts:webhook                       webhook       POST   200 404 404 404 404 404 404 404 404 in
accounts:webhook_edit                  webhook       GET    200 404 404 404 404 404 404 404 404 in
accounts:webhook_edit                  webhook       POST   422 404 404 404 404 404 404 404 404 in
accounts:webhook_rotate                webhook       GET    200 404 404 404 404 404 404 404 404 in
accounts:webhook_rotate                webhook       POST   422 404 404 404 404 404 404 404 404 in
accounts:webhook_enable                webhook       GET    405 404 404 404 404 404 404 404 404 in
accounts:webhook_enable                webhook       POST   302 404 404 404 404 404 404 404 404 in
accounts:webhook_disable               webhook       GET    200 404 404 404 404 404 404 404 404 in
accounts:webhook_disable               webhook       POST   302 404 404 404 404 404 404 404 404 in
accounts:webhook_delete                webhook       GET    200 404 404 404 404 404 404 404 404 in
accounts:webhook_delete                webhook       POST   302 404 404 404 404 404 404 404 404 in
accounts:webhook_test                  webhook       GET    405 404 404 404 404 404 404 404 404 in
accounts:webhook_test                  webhook       POST   302 404 404 404 404 404 404 404 404 in
accounts:webhook_replay                webhook       GET    200 404 404 404 404 404 404 404 404 in
accounts:webhook_replay                webhook       POST   422 404 404 404 404 404 404 404 404 in
accounts:webhook_delivery              delivery      GET    200 404 404 404 404 404 404 404 404 in
accounts:webhook_delivery              delivery      POST   200 404 404 404 404 404 404 404 404 in
accounts:webhook_delivery_replay       delivery      GET    405 404 404 404 404 404 404 404 404 in
accounts:webhook_delivery_replay       delivery      POST   302 404 404 404 404 404 404 404 404 in
accounts:settings                                    GET    200 403 403 200 403 403 200 404 404 in
accounts:settings                                    POST   422 403 403 403 403 403 422 404 404 in
accounts:api_keys                                    GET    200 403 403 403 403 403 403 404 404 in
accounts:api_keys                                    POST   200 403 403 403 403 403 403 404 404 in
accounts:api_key_new                                 GET    200 403 403 403 403 403 403 404 404 in
accounts:api_key_new                                 POST   422 403 403 403 403 403 403 404 404 in
accounts:api_key_rotate                api key       GET    200 404 404 404 404 404 404 404 404 in
accounts:api_key_rotate                api key       POST   422 404 404 404 404 404 404 404 404 in
accounts:api_key_revoke                api key       GET    200 404 404 404 404 404 404 404 404 in
accounts:api_key_revoke                api key       POST   302 404 404 404 404 404 404 404 404 in
accounts:audit                                       GET    200 403 403 200 403 403 403 404 404 in
accounts:audit                                       POST   200 403 403 200 403 403 403 404 404 in
accounts:audit_export                                GET    200 403 403 200 403 403 403 404 404 in
accounts:audit_export                                POST   200 403 403 200 403 403 403 404 404 in
accounts:search                                      GET    200 200 200 200 403 403 200 404 404 in
accounts:search                                      POST   200 200 200 200 403 403 200 404 404 in

# insurance and units
billing:payers                                       GET    200 200 200 200 403 403 200 404 404 in
billing:payers                                       POST   200 200 200 200 403 403 200 404 404 in
billing:payer_new                                    GET    200 403 403 403 403 403 403 404 404 in
billing:payer_new                                    POST   422 403 403 403 403 403 403 404 404 in
billing:payer                          payer         GET    200 200 200 200 403 403 200 404 404 in
billing:payer                          payer         POST   200 200 200 200 403 403 200 404 404 in
billing:payer_edit                     payer         GET    200 403 403 403 404 404 403 404 404 in
billing:payer_edit                     payer         POST   422 403 403 403 404 404 403 404 404 in
billing:payer_deactivate               payer         GET    405 403 403 403 404 404 403 404 404 in
billing:payer_deactivate               payer         POST   302 403 403 403 404 404 403 404 404 in
billing:payer_reactivate               payer         GET    405 403 403 403 404 404 403 404 404 in
billing:payer_reactivate               payer         POST   302 403 403 403 404 404 403 404 404 in
billing:service_codes                                GET    200 200 200 200 403 403 200 404 404 in
billing:service_codes                                POST   200 200 200 200 403 403 200 404 404 in
billing:service_code_new                             GET    200 403 403 403 403 403 403 404 404 in
billing:service_code_new                             POST   422 403 403 403 403 403 403 404 404 in
billing:service_code                   service       GET    200 200 200 200 403 403 200 404 404 in
billing:service_code                   service       POST   200 200 200 200 403 403 200 404 404 in
billing:service_code_edit              service       GET    200 403 403 403 403 403 403 404 404 in
billing:service_code_edit              service       POST   422 403 403 403 403 403 403 404 404 in
billing:patient_insurance              patient       GET    200 200 404 200 200 200 404 404 404 in
billing:patient_insurance              patient       POST   200 200 404 200 200 200 404 404 404 in
billing:policy_new                     patient       GET    200 403 404 403 403 403 404 404 404 in
billing:policy_new                     patient       POST   422 403 404 403 403 403 404 404 404 in
billing:policy_edit                    policy        GET    200 403 404 403 403 403 404 404 404 in
billing:policy_edit                    policy        POST   422 403 404 403 403 403 404 404 404 in
billing:policy_verify                  policy        GET    200 403 404 403 403 403 404 404 404 in
billing:policy_verify                  policy        POST   422 403 404 403 403 403 404 404 404 in
billing:policy_end                     policy        GET    200 403 404 403 403 403 404 404 404 in
billing:policy_end                     policy        POST   422 403 404 403 403 403 404 404 404 in
billing:authorizations                               GET    200 200 200 200 200 200 200 404 404 in
billing:authorizations                               POST   200 200 200 200 200 200 200 404 404 in
billing:authorization_new              patient       GET    200 403 404 403 403 403 404 404 404 in
billing:authorization_new              patient       POST   422 403 404 403 403 403 404 404 404 in
billing:authorization                  authorization GET    200 200 404 200 200 200 404 404 404 in
billing:authorization                  authorization POST   200 200 404 200 200 200 404 404 404 in
billing:authorization_edit             authorization GET    200 403 404 403 403 403 404 404 404 in
billing:authorization_edit             authorization POST   422 403 404 403 403 403 404 404 404 in
billing:authorization_adjust           authorization GET    200 403 404 403 403 403 404 404 404 in
billing:authorization_adjust           authorization POST   422 403 404 403 403 403 404 404 404 in
billing:authorization_activate         authorization GET    405 403 404 403 403 403 404 404 404 in
billing:authorization_activate         authorization POST   302 403 404 403 403 403 404 404 404 in
billing:authorization_cancel           authorization GET    200 403 404 403 403 403 404 404 404 in
billing:authorization_cancel           authorization POST   422 403 404 403 403 403 404 404 404 in
billing:authorization_history          authorization GET    200 200 404 200 403 403 404 404 404 in
billing:authorization_history          authorization POST   200 200 404 200 403 403 404 404 404 in
billing:entries                        authorization GET    200 200 404 200 403 403 404 404 404 in
billing:entries                        authorization POST   200 200 404 200 403 403 404 404 404 in
billing:balance                        authorization GET    200 200 404 200 403 403 404 404 404 in
billing:balance                        authorization POST   200 200 404 200 403 403 404 404 404 in

# calendar, visits and notes
scheduling:week                                      GET    200 200 200 200 403 403 403 404 404 in
scheduling:week                                      POST   405 405 405 405 405 405 405 404 404 in
scheduling:day                                       GET    200 200 200 200 403 403 403 404 404 in
scheduling:day                                       POST   405 405 405 405 405 405 405 404 404 in
scheduling:book                                      GET    200 200 200 403 403 403 403 404 404 in
scheduling:book                                      POST   422 422 422 403 403 403 403 404 404 in
scheduling:book_preview                              GET    405 405 405 403 403 403 403 404 404 in
scheduling:book_preview                              POST   404 404 404 403 403 403 403 404 404 in
scheduling:appointments                              GET    200 200 200 200 403 403 403 404 404 in
scheduling:appointments                              POST   200 200 200 200 403 403 403 404 404 in
scheduling:appointment                 appointment   GET    200 200 404 200 200 200 403 404 404 in
scheduling:appointment                 appointment   POST   200 200 404 200 200 200 403 404 404 in
scheduling:appointment_history         appointment   GET    200 200 404 200 403 403 404 404 404 in
scheduling:appointment_history         appointment   POST   200 200 404 200 403 403 404 404 404 in
scheduling:appointment_move            appointment   GET    405 405 404 403 403 403 404 404 404 in
scheduling:appointment_move            appointment   POST   302 302 404 403 403 403 404 404 404 in
scheduling:reschedule                  appointment   GET    200 200 404 403 403 403 404 404 404 in
scheduling:reschedule                  appointment   POST   422 422 404 403 403 403 404 404 404 in
scheduling:reschedule_preview          appointment   GET    405 405 404 403 403 403 403 404 404 in
scheduling:reschedule_preview          appointment   POST   200 200 404 403 403 403 403 404 404 in
scheduling:cancel                      appointment   GET    200 200 404 403 200 200 404 404 404 in
scheduling:cancel                      appointment   POST   422 422 404 403 409 409 404 404 404 in
scheduling:confirm                     appointment   GET    405 405 404 403 405 405 404 404 404 in
scheduling:confirm                     appointment   POST   302 302 404 403 302 302 404 404 404 in
scheduling:check_in                    appointment   GET    405 405 404 403 403 403 404 404 404 in
scheduling:check_in                    appointment   POST   302 302 404 403 403 403 404 404 404 in
scheduling:start                       appointment   GET    405 405 404 403 403 403 404 404 404 in
scheduling:start                       appointment   POST   302 302 404 403 403 403 404 404 404 in
scheduling:complete                    appointment   GET    200 200 404 403 403 403 404 404 404 in
scheduling:complete                    appointment   POST   400 400 404 403 403 403 404 404 404 in
scheduling:no_show                     appointment   GET    405 405 404 403 403 403 404 404 404 in
scheduling:no_show                     appointment   POST   302 302 404 403 403 403 404 404 404 in
scheduling:restore                     appointment   GET    405 405 404 403 403 403 404 404 404 in
scheduling:restore                     appointment   POST   302 302 404 403 403 403 404 404 404 in
scheduling:reopen                      appointment   GET    200 403 404 403 403 403 404 404 404 in
scheduling:reopen                      appointment   POST   422 403 404 403 403 403 404 404 404 in
scheduling:authorization_dates         authorization GET    200 403 404 403 403 403 404 404 404 in
scheduling:authorization_dates         authorization POST   422 403 404 403 403 403 404 404 404 in
scheduling:authorization_appointments  authorization GET    200 200 404 200 200 200 403 404 404 in
scheduling:authorization_appointments  authorization POST   200 200 404 200 200 200 403 404 404 in
scheduling:patient_appointments        patient       GET    200 200 404 200 200 200 403 404 404 in
scheduling:patient_appointments        patient       POST   200 200 404 200 200 200 403 404 404 in
scheduling:sessions                                  GET    200 200 200 200 403 403 403 404 404 in
scheduling:sessions                                  POST   200 200 200 200 403 403 403 404 404 in
scheduling:session                     session       GET    200 200 404 200 403 403 403 404 404 in
scheduling:session                     session       POST   200 200 404 200 403 403 403 404 404 in
scheduling:note_write                  session       GET    404 404 404 404 404 404 404 404 404 in
scheduling:note_write                  session       POST   403 422 404 403 403 403 404 404 404 in
scheduling:addendum                    signed        GET    403 200 404 403 404 404 404 404 404 in
scheduling:addendum                    signed        POST   403 422 404 403 404 404 404 404 404 in
scheduling:locations                                 GET    200 200 200 200 403 403 403 404 404 in
scheduling:locations                                 POST   200 200 200 200 403 403 403 404 404 in
scheduling:location_new                              GET    200 403 403 403 403 403 403 404 404 in
scheduling:location_new                              POST   422 403 403 403 403 403 403 404 404 in
scheduling:location                    location      GET    200 200 200 200 403 403 403 404 404 in
scheduling:location                    location      POST   200 200 200 200 403 403 403 404 404 in
scheduling:location_edit               location      GET    200 403 403 403 403 403 403 404 404 in
scheduling:location_edit               location      POST   422 403 403 403 403 403 403 404 404 in
scheduling:room_new                    location      GET    200 403 403 403 403 403 403 404 404 in
scheduling:room_new                    location      POST   422 403 403 403 403 403 403 404 404 in
scheduling:room_edit                   room          GET    200 403 403 403 403 403 403 404 404 in
scheduling:room_edit                   room          POST   422 403 403 403 403 403 403 404 404 in
"""


@dataclass(frozen=True)
class Row:
    address: str
    kind: str
    method: str
    outcomes: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


def _row(line: str) -> Row:
    address, *kind, method = line.split()[: -len(CAST)]
    outcomes = line.split()[-len(CAST) :]
    return Row(address, " ".join(kind), method, dict(zip(CAST, outcomes, strict=True)))


def rows() -> list[Row]:
    lines = (line.strip() for line in TABLE.splitlines())
    return [_row(line) for line in lines if line and not line.startswith("#")]
