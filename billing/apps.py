from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from accounts.audit import wording
        from accounts.search import queries as search
        from accounts.web import panels
        from billing import permissions, webhooks  # noqa: F401  registers this app's rows
        from billing.access import authorizations
        from billing.authorizations.search_unit_bars import search_unit_bars

        panels.register(
            "accounts:patient",
            "Insurance and units",
            "billing:patient_insurance",
            "authorization.view",
        )
        search.register(search_unit_bars)
        wording.register("billing.authorization", "billing:authorization")
        wording.register("billing.servicecode", "billing:service_code")
        wording.name_rows("authorization", authorizations)
