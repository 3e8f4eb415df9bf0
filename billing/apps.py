from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from accounts import history, panels, search
        from billing import access, permissions, units_left, webhooks  # noqa: F401  registers this app's rows

        panels.register("Insurance and units", "billing:patient_insurance", "authorization.view")
        search.register(units_left.bars)
        history.register("billing.authorization", "billing:authorization")
        history.register("billing.servicecode", "billing:service_code")
        history.name_rows("authorization", access.authorizations)
