import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

from clinic.child_processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings.production")

# When granian's main process is killed, its workers keep listening with the old code, and a new
# server would get only some of the requests. No process is left to stop them, so they are killed.
if (parent := multiprocessing.parent_process()) and parent.pid:
    end_with_parent(parent.pid, signal.SIGKILL)

application = get_wsgi_application()
