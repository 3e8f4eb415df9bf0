from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import (
            permissions,  # noqa: F401  registers this app's rows
            receivers,
        )
        from accounts.webhooks import types  # noqa: F401  and its event types

        receivers.connect()
