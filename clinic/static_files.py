import fcntl
import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect() -> None:
    """Hash and compress the static files, unless they are unchanged since the last time."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with root.with_name(f"{root.name}.collected").open("a+") as stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)
        stamp.seek(0)
        wanted = _fingerprint()
        found = stamp.read()
        if found == wanted:
            return
        stamp.truncate(0)
        # Without a stamp the last run did not finish. It may have left an incomplete file, which
        # would be kept, since it is newer than its source.
        call_command("collectstatic", interactive=False, verbosity=0, clear=not found)
        stamp.write(wanted)


def _fingerprint() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(f"{storage.path(name)} {storage.get_modified_time(name)}\n".encode())
    return digest.hexdigest()
