"""Settings of the demo, on this machine only. No environment variables are required."""

from clinic.logs import logging_settings
from clinic.secret import kept_secret
from clinic.settings.base import *  # noqa: F403
from clinic.settings.base import LOG_LEVEL, VAR_DIR, env
from clinic.settings.databases import database

SECRET_KEY = env("SECRET_KEY", default="") or kept_secret(VAR_DIR / "secret_key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
DATABASES = {"default": database(embedded_in=VAR_DIR / "postgres")}
SITE_URL = env("SITE_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}")

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"

# A receiver to try webhooks with may run on this machine.
WEBHOOK_ALLOW_PRIVATE = env.bool("WEBHOOK_ALLOW_PRIVATE", default=True)

# Passkeys need a secure origin; browsers treat this machine's own address as one.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True

LOGGING = logging_settings(level=LOG_LEVEL, as_json=False)
