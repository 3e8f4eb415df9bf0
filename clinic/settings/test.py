"""For the tests and the static checks. Its own database server; nothing of the demo is touched."""

from clinic.logs import logging_settings
from clinic.settings.base import *  # noqa: F403
from clinic.settings.base import INSTALLED_APPS, VAR_DIR
from clinic.settings.databases import database

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]

SECRET_KEY = "only for tests, and long enough for what is signed with it"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
SITE_URL = "http://testserver"

# Nothing here outlives a crash, so nothing has to reach the disk.
DATABASES = {
    "default": database(
        embedded_in=VAR_DIR / "test-postgres",
        server_options={"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
    )
}
if DATABASES["default"]["ENGINE"] == "clinic.postgres":
    # Copied with its collation, which the server's own template does not have.
    DATABASES["default"]["TEST"] = {"TEMPLATE": "caretally"}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT = VAR_DIR / "test-static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LOGGING = logging_settings(level="ERROR", as_json=False)
