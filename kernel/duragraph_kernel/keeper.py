"""The lease keeper: a small process beside a worker that renews its lease while it lives and ends it when it dies.

A thread of the worker cannot do this: a node that holds the GIL starves every thread. This file runs alone, as
`python -I -S keeper.py` on psycopg's bundled libpq through ctypes (6 MB), or with plain psycopg where that is
missing. It imports nothing of ours; what it needs comes as one line of JSON on stdin: `dsn` (without a password),
`worker_id`, `pid`, `seconds`, `renew` and `expire` (SQL with $1, $2), `libpq` (a path, or null for psycopg),
`deadline_fd` (shared memory with one double: when the worker must have ended a run, on the monotonic clock).
It says `up` and then nothing; `lost` before it ends with status 3 because another owner took the lease.
"""

import ctypes
import json
import mmap
import os
import select
import signal
import struct
import sys
import time
from typing import Any

RETRY_SECONDS = 0.3
DEATH_SECONDS = 1.0
"""How long after the worker closed its pipe its death may take to show."""
OVERDUE_SECONDS = 5.0
"""How long a worker may take beyond a run's deadline, before it is killed: it does not even run its own clock."""
LOST = 3


class Libpq:
    """The few calls of libpq that are needed."""

    def __init__(self, path: str, dsn: str) -> None:
        self._dsn = dsn.encode()
        self._lib = lib = ctypes.CDLL(path)
        lib.PQconnectdb.restype = lib.PQexecParams.restype = ctypes.c_void_p
        lib.PQconnectdb.argtypes = [ctypes.c_char_p]
        lib.PQexecParams.argtypes = [
            ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_char_p),
            ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int,
        ]  # fmt: skip
        lib.PQcmdTuples.restype = lib.PQerrorMessage.restype = ctypes.c_char_p
        for name in ("PQcmdTuples", "PQresultStatus", "PQclear", "PQstatus", "PQfinish", "PQerrorMessage"):
            getattr(lib, name).argtypes = [ctypes.c_void_p]
        self._connection: int | None = None

    def execute(self, sql: str, *values: str) -> int:
        """Run a statement; how many rows it touched. Raises OSError."""
        lib = self._lib
        if self._connection is None:
            self._connection = lib.PQconnectdb(self._dsn)
        if lib.PQstatus(self._connection) != 0:
            self._fail()
        given = (ctypes.c_char_p * len(values))(*(value.encode() for value in values))
        result = lib.PQexecParams(self._connection, sql.encode(), len(values), None, given, None, None, 0)
        try:
            if lib.PQresultStatus(result) not in (1, 2):
                self._fail()
            return int(lib.PQcmdTuples(result) or 0)
        finally:
            lib.PQclear(result)

    def _fail(self) -> None:
        message = (self._lib.PQerrorMessage(self._connection) or b"").decode(errors="replace").strip()
        self._lib.PQfinish(self._connection)
        self._connection = None
        raise OSError(message)


class Psycopg:
    """The same with psycopg, for systems without a libpq to load."""

    def __init__(self, dsn: str) -> None:
        import psycopg

        self._psycopg = psycopg
        self._dsn = dsn
        self._connection: Any = None

    def execute(self, sql: str, *values: str) -> int:
        """Run a statement; how many rows it touched. Raises OSError."""
        try:
            if self._connection is None or self._connection.closed:
                self._connection = self._psycopg.connect(self._dsn, autocommit=True)
            cursor = self._psycopg.RawCursor(self._connection)
            return cursor.execute(sql.encode(), values).rowcount
        except self._psycopg.Error as error:
            raise OSError(str(error)) from error


class Keeper:
    """Watches one worker and holds its lease."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._pid: int = order["pid"]
        self._database = Libpq(order["libpq"], order["dsn"]) if order["libpq"] else Psycopg(order["dsn"])
        self._seconds = float(order["seconds"])
        self._handle = os.pidfd_open(self._pid)
        self._deadline = mmap.mmap(order["deadline_fd"], 8, prot=mmap.PROT_READ)

    def keep(self) -> int:
        """Renew until the worker dies (0), says goodbye (0), or the lease is lost (LOST)."""
        renew_at, first = 0.0, True
        while True:
            now = time.monotonic()
            if now >= renew_at:
                done = self._renew()
                if done == 0:
                    print("lost", flush=True)  # noqa: T201
                    return LOST
                renew_at = now + (self._seconds / 3 if done else RETRY_SECONDS)
                if first and done:
                    print("up", flush=True)  # noqa: T201
                    first = False
            (overdue,) = struct.unpack("d", self._deadline[:8])
            if now >= overdue + OVERDUE_SECONDS:
                os.kill(self._pid, signal.SIGKILL)
                select.select([self._handle], [], [], self._seconds / 3)
            pause = max(0.0, min(renew_at, overdue + OVERDUE_SECONDS) - time.monotonic())
            ready = select.select([self._handle, 0], [], [], pause)[0]
            if self._handle in ready:
                return self._expire()
            if 0 in ready:
                return 0 if os.read(0, 16).startswith(b"quit") else self._after_silence()

    def _renew(self) -> int | None:
        """Rows renewed; None when the worker is stopped or the database away: try again."""
        if not self._is_running():
            return None
        try:
            return self._database.execute(self._order["renew"], str(self._seconds), self._order["worker_id"])
        except OSError as error:
            print(f"keeper: {error}", file=sys.stderr, flush=True)  # noqa: T201
            return None

    def _is_running(self) -> bool:
        """Whether the worker is neither stopped nor dead but unburied."""
        try:
            with open(f"/proc/{self._pid}/stat", "rb") as file:
                return file.read().rpartition(b")")[2].split()[0] not in (b"T", b"t", b"Z", b"X")
        except FileNotFoundError:
            return False
        except OSError:
            return True

    def _after_silence(self) -> int:
        """The pipe closed without a word: the worker is dying, or has already been replaced by exec."""
        return self._expire() if select.select([self._handle], [], [], DEATH_SECONDS)[0] else 0

    def _expire(self) -> int:
        """End the lease of a worker that is dead, so that others take its runs at once."""
        until = time.monotonic() + self._seconds
        while time.monotonic() < until:
            try:
                self._database.execute(self._order["expire"], self._order["worker_id"])
                break
            except OSError:
                time.sleep(RETRY_SECONDS)
        return 0


def main() -> int:
    """Read the order and keep."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return 0
        line += byte
    return Keeper(json.loads(line)).keep()


if __name__ == "__main__":
    sys.exit(main())
