import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

from clinic.child_processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings.production")

# granian's workers listen on, with the code of then, when the process that started them is killed;
# a new one beside them would get only some of the requests. Nobody is left to end them in order.
if (parent := multiprocessing.parent_process()) and parent.pid:
    end_with_parent(parent.pid, signal.SIGKILL)

application = get_wsgi_application()
