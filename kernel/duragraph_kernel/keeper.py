"""The lease keeper: a small process beside a worker that renews its lease while it lives and ends it when it dies.

A thread of the worker cannot do this: a node that holds the GIL starves every thread. This file runs alone, as
`python -I -S keeper.py` on psycopg's bundled libpq through ctypes (6 MB), or with plain psycopg where that is
missing. It imports nothing of ours; what it needs comes as one line of JSON on stdin: `dsn` (without a password),
`worker_id`, `pid`, `seconds`, `renew` and `expire` (SQL with $1, $2), `libpq` (a path, or null for psycopg),
`deadline_fd` (shared memory with one double: when the worker must have ended a run, on the monotonic clock).
It says `up` and then nothing; `lost` before it ends with status 3 because another owner took the lease.
"""

import contextlib
import ctypes
import json
import mmap
import os
import select
import signal
import struct
import sys
import time
from typing import Any, NoReturn

RETRY_SECONDS = 0.3
DEATH_SECONDS = 1.0
"""How long after the worker closed its pipe its death may take to show."""
CALL_SECONDS = 2.0
"""How long a call to the database may keep the keeper from looking after its worker."""
OVERDUE_SECONDS = 5.0
"""How long a worker may take beyond a run's deadline, before it is killed: it does not even run its own clock."""
LOST = 3
_COMMAND_OK, _TUPLES_OK = 1, 2
_BAD = 1
_READING, _WRITING, _CONNECTED = 1, 2, 3
"""libpq's numbers: of results, of a connection, and of what it waits for while it connects."""


class Libpq:
    """The few calls of libpq that are needed; none waits longer than CALL_SECONDS."""

    def __init__(self, path: str, dsn: str) -> None:
        self._dsn = dsn.encode()
        self._lib = lib = ctypes.CDLL(path)
        for name in ("PQconnectStart", "PQgetResult"):
            getattr(lib, name).restype = ctypes.c_void_p
        lib.PQconnectStart.argtypes = [ctypes.c_char_p]
        lib.PQsendQueryParams.argtypes = [
            ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_char_p),
            ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int,
        ]  # fmt: skip
        lib.PQcmdTuples.restype = lib.PQerrorMessage.restype = ctypes.c_char_p
        for name in (
            "PQclear", "PQcmdTuples", "PQconnectPoll", "PQconsumeInput", "PQerrorMessage", "PQfinish", "PQgetResult",
            "PQisBusy", "PQresultStatus", "PQsocket", "PQstatus",
        ):  # fmt: skip
            getattr(lib, name).argtypes = [ctypes.c_void_p]
        self._connection: int | None = None
        self._until = 0.0

    def execute(self, sql: str, *values: str) -> int:
        """Run a statement; how many rows it touched. Raises OSError."""
        lib, self._until = self._lib, time.monotonic() + CALL_SECONDS
        if self._connection is None:
            self._connect()
        given = (ctypes.c_char_p * len(values))(*(value.encode() for value in values))
        if not lib.PQsendQueryParams(self._connection, sql.encode(), len(values), None, given, None, None, 0):
            self._fail()
        touched = 0
        while result := self._result():
            try:
                if lib.PQresultStatus(result) not in (_COMMAND_OK, _TUPLES_OK):
                    self._fail()
                touched = int(lib.PQcmdTuples(result) or 0)
            finally:
                lib.PQclear(result)
        return touched

    def _connect(self) -> None:
        self._connection = self._lib.PQconnectStart(self._dsn)
        wants = _WRITING
        while wants != _CONNECTED:
            if wants not in (_READING, _WRITING) or self._lib.PQstatus(self._connection) == _BAD:
                self._fail()
            self._wait(write=wants == _WRITING)
            wants = self._lib.PQconnectPoll(self._connection)

    def _result(self) -> int | None:
        """The next result of the statement that was sent, None after the last."""
        while self._lib.PQisBusy(self._connection):
            self._wait(write=False)
            if not self._lib.PQconsumeInput(self._connection):
                self._fail()
        result: int | None = self._lib.PQgetResult(self._connection)
        return result

    def _wait(self, *, write: bool) -> None:
        socket = [self._lib.PQsocket(self._connection)]
        left = max(0.0, self._until - time.monotonic())
        if not any(select.select([] if write else socket, socket if write else [], [], left)):
            self._fail("no answer in time")

    def _fail(self, reason: str = "") -> NoReturn:
        message = (self._lib.PQerrorMessage(self._connection) or b"").decode(errors="replace").strip()
        self._lib.PQfinish(self._connection)
        self._connection = None
        raise OSError(reason or message)


class Psycopg:
    """The same with psycopg, for systems without a libpq to load; an alarm ends what takes too long."""

    def __init__(self, dsn: str) -> None:
        import psycopg

        self._psycopg = psycopg
        self._dsn = dsn
        self._connection: Any = None
        signal.signal(signal.SIGALRM, self._ring)

    def execute(self, sql: str, *values: str) -> int:
        """Run a statement; how many rows it touched. Raises OSError."""
        signal.setitimer(signal.ITIMER_REAL, CALL_SECONDS)
        try:
            if self._connection is None or self._connection.closed:
                self._connection = self._psycopg.connect(self._dsn, autocommit=True)
            return self._psycopg.RawCursor(self._connection).execute(sql.encode(), values).rowcount
        except self._psycopg.Error as error:
            raise OSError(str(error)) from error
        except TimeoutError:
            if self._connection is not None:
                self._connection.pgconn.finish()
                self._connection = None
            raise
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    @staticmethod
    def _ring(number: int, frame: Any) -> None:
        raise TimeoutError("no answer in time")


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
                    _tell("lost")
                    return LOST
                renew_at = now + (self._seconds / 3 if done else RETRY_SECONDS)
                if first and done:
                    _tell("up")
                    first = False
            (overdue,) = struct.unpack("d", self._deadline[:8])
            if now >= overdue + OVERDUE_SECONDS:
                with contextlib.suppress(ProcessLookupError):  # dead already: its lease is to be ended
                    signal.pidfd_send_signal(self._handle, signal.SIGKILL)  # its number may be another process by now
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


def _tell(word: str) -> None:
    """Say a word to the worker, if it still listens."""
    with contextlib.suppress(BrokenPipeError):
        os.write(1, f"{word}\n".encode())


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
