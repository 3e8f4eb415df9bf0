from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from billing.authorizations import views as authorizations
from billing.ledger import views as entries
from billing.payers import views as payers
from billing.policies import views as policies
from billing.service_codes import views as service_codes

app_name = "billing"

of_clinic: list[URLPattern | URLResolver] = [
    path("payers/", payers.payer_list, name="payers"),
    path("payers/new/", payers.payer_new, name="payer_new"),
    path("payers/<int:pk>/", payers.payer, name="payer"),
    path("payers/<int:pk>/edit/", payers.payer_edit, name="payer_edit"),
    path("payers/<int:pk>/deactivate/", payers.payer_deactivate, name="payer_deactivate"),
    path("payers/<int:pk>/reactivate/", payers.payer_reactivate, name="payer_reactivate"),
    path("service-codes/", service_codes.service_code_list, name="service_codes"),
    path("service-codes/new/", service_codes.service_code_new, name="service_code_new"),
    path("service-codes/<int:pk>/", service_codes.service_code, name="service_code"),
    path("service-codes/<int:pk>/edit/", service_codes.service_code_edit, name="service_code_edit"),
    path("patients/<int:pk>/insurance/", policies.patient_insurance, name="patient_insurance"),
    path("patients/<int:pk>/policies/new/", policies.policy_new, name="policy_new"),
    path("policies/<int:pk>/edit/", policies.policy_edit, name="policy_edit"),
    path("policies/<int:pk>/verify/", policies.policy_verify, name="policy_verify"),
    path("policies/<int:pk>/end/", policies.policy_end, name="policy_end"),
    path("authorizations/", authorizations.authorization_list, name="authorizations"),
    path(
        "patients/<int:pk>/authorizations/new/",
        authorizations.authorization_new,
        name="authorization_new",
    ),
    path("authorizations/<int:pk>/", authorizations.authorization, name="authorization"),
    path(
        "authorizations/<int:pk>/edit/",
        authorizations.authorization_edit,
        name="authorization_edit",
    ),
    path(
        "authorizations/<int:pk>/adjust/",
        authorizations.authorization_adjust,
        name="authorization_adjust",
    ),
    path(
        "authorizations/<int:pk>/activate/",
        authorizations.authorization_activate,
        name="authorization_activate",
    ),
    path(
        "authorizations/<int:pk>/cancel/",
        authorizations.authorization_cancel,
        name="authorization_cancel",
    ),
    path(
        "authorizations/<int:pk>/history/",
        authorizations.authorization_history,
        name="authorization_history",
    ),
    path("authorizations/<int:pk>/entries/", entries.entries, name="entries"),
    path("authorizations/<int:pk>/balance/", entries.balance, name="balance"),
]

urlpatterns = [
    path("c/<slug:organization>/", include(of_clinic)),
]
