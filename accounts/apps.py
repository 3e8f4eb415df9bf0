from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.sign_in import receivers
        from accounts.webhooks import types  # noqa: F401  and its event types

        receivers.connect()
