"""Settings of an installation, behind TLS. `.env.example` lists the environment variables."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from clinic.logs import logging_settings
from clinic.settings.base import *  # noqa: F403
from clinic.settings.base import LOG_LEVEL, MIDDLEWARE, TRUSTED_PROXY_COUNT, env
from clinic.settings.databases import database_from_url

REQUIRED = {
    "SECRET_KEY": "50 random characters or more",
    "ALLOWED_HOSTS": "the host names served, separated by commas",
    "DATABASE_URL": "postgresql://user:password@host:5432/name",
}
missing = [f"{name} ({what})" for name, what in REQUIRED.items() if not env(name, default="")]
if missing:
    raise ImproperlyConfigured(f"set {', '.join(missing)} in the environment.")

SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
DATABASES = {"default": database_from_url()}
SITE_URL = env("SITE_URL", default=f"https://{ALLOWED_HOSTS[0].lstrip('.')}")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))

ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"

if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    MIDDLEWARE = ["clinic.middleware.AddressBehindProxies", *MIDDLEWARE]

LOGGING = logging_settings(level=LOG_LEVEL, as_json=True)
