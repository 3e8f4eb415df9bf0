from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from accounts.api_keys import views as api_keys
from accounts.audit import views as audit
from accounts.break_glass import views as break_glass
from accounts.care_team import views as care_team
from accounts.guardians import views as guardians
from accounts.invitations import views as invitations
from accounts.members import views as members
from accounts.organizations import views as settings
from accounts.patients import views as patients
from accounts.practitioners import views as practitioners
from accounts.search import views as search
from accounts.sign_in import views as entrance
from accounts.webhooks import views as webhooks

app_name = "accounts"

of_clinic: list[URLPattern | URLResolver] = [
    path("patients/", patients.patient_list, name="patients"),
    path("patients/new/", patients.patient_new, name="patient_new"),
    path("patients/<int:pk>/", patients.patient, name="patient"),
    path("patients/<int:pk>/edit/", patients.patient_edit, name="patient_edit"),
    path("patients/<int:pk>/history/", patients.patient_history, name="patient_history"),
    path(
        "patients/<int:pk>/break-glass/",
        break_glass.patient_break_glass,
        name="patient_break_glass",
    ),
    path("patients/<int:pk>/invite/", invitations.invite_patient, name="patient_invite"),
    path("patients/<int:pk>/guardians/new/", guardians.guardian_new, name="guardian_new"),
    path("patients/<int:pk>/care-team/add/", care_team.care_team_add, name="patient_team_add"),
    path("guardians/<int:pk>/edit/", guardians.guardian_edit, name="guardian_edit"),
    path("guardians/<int:pk>/invite/", invitations.invite_guardian, name="guardian_invite"),
    path("care-team/<int:pk>/remove/", care_team.care_team_remove, name="patient_team_remove"),
    path("practitioners/", practitioners.practitioner_list, name="practitioners"),
    path("practitioners/new/", practitioners.practitioner_new, name="practitioner_new"),
    path("practitioners/<int:pk>/", practitioners.practitioner, name="practitioner"),
    path("practitioners/<int:pk>/edit/", practitioners.practitioner_edit, name="practitioner_edit"),
    path(
        "practitioners/<int:pk>/history/",
        practitioners.practitioner_history,
        name="practitioner_history",
    ),
    path("members/", members.member_list, name="members"),
    path("members/invite/", invitations.invite, name="member_invite"),
    path("members/<int:pk>/role/", members.member_role, name="member_role"),
    path("members/<int:pk>/deactivate/", members.member_deactivate, name="member_deactivate"),
    path("members/<int:pk>/reactivate/", members.member_reactivate, name="member_reactivate"),
    path("invitations/<int:pk>/resend/", invitations.invitation_resend, name="invitation_resend"),
    path("invitations/<int:pk>/revoke/", invitations.invitation_revoke, name="invitation_revoke"),
    path("settings/", settings.settings, name="settings"),
    path("api-keys/", api_keys.api_key_list, name="api_keys"),
    path("api-keys/new/", api_keys.api_key_new, name="api_key_new"),
    path("api-keys/<int:pk>/rotate/", api_keys.api_key_rotate, name="api_key_rotate"),
    path("api-keys/<int:pk>/revoke/", api_keys.api_key_revoke, name="api_key_revoke"),
    path("webhooks/", webhooks.webhook_list, name="webhooks"),
    path("webhooks/new/", webhooks.webhook_new, name="webhook_new"),
    path("webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("webhooks/<int:pk>/edit/", webhooks.webhook_edit, name="webhook_edit"),
    path("webhooks/<int:pk>/rotate/", webhooks.webhook_rotate, name="webhook_rotate"),
    path("webhooks/<int:pk>/enable/", webhooks.webhook_enable, name="webhook_enable"),
    path("webhooks/<int:pk>/disable/", webhooks.webhook_disable, name="webhook_disable"),
    path("webhooks/<int:pk>/delete/", webhooks.webhook_delete, name="webhook_delete"),
    path("webhooks/<int:pk>/test/", webhooks.webhook_test, name="webhook_test"),
    path("webhooks/<int:pk>/replay/", webhooks.webhook_replay, name="webhook_replay"),
    path("webhook-deliveries/<int:pk>/", webhooks.webhook_delivery, name="webhook_delivery"),
    path(
        "webhook-deliveries/<int:pk>/replay/",
        webhooks.webhook_delivery_replay,
        name="webhook_delivery_replay",
    ),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("search/", search.search, name="search"),
]

urlpatterns = [
    path("", entrance.entrance, name="entrance"),
    path("clinics/", entrance.clinics, name="clinics"),
    path("invitations/<str:token>/", entrance.invitation, name="invitation"),
    path("c/<slug:organization>/", include(of_clinic)),
]
