"""Settings of the tests and static checks, with a database server apart from the demo's."""

from clinic.logs import logging_settings
from clinic.settings.base import *  # noqa: F403
from clinic.settings.base import INSTALLED_APPS, VAR_DIR
from clinic.settings.databases import database

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]

SECRET_KEY = "only for tests, and long enough for what is signed with it"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
SITE_URL = "http://testserver"

# Test data need not survive a crash, so it need not be written to disk safely.
DATABASES = {
    "default": database(
        embedded_in=VAR_DIR / "test-postgres",
        server_options={"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
    )
}
if DATABASES["default"]["ENGINE"] == "clinic.postgres":
    # Test databases are copies of this one, for its collation, which template1 does not have.
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
