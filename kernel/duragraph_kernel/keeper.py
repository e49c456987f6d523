"""The lease keeper: a small process beside the worker, because a node that holds the GIL starves every thread.

It is run by file name under `python -I -S`, so it imports nothing but the standard library and talks to Postgres
through the libpq that psycopg ships. It renews the lease only while the worker's process is alive and not stopped,
ends the lease the moment the worker dies, and kills the worker when a run outlives its deadline in a held GIL.

Its first line on stdin is JSON: {"pid", "libpq", "dsn", "worker_id", "seconds", "renew", "expire"}; every later line
is the next deadline as a monotonic time, or empty for none. It answers `up` once the lease is renewed.
Exit codes: 0 the worker died, 3 the lease was lost (the worker is killed), 4 the worker was overdue (killed).
"""

import ctypes
import json
import os
import select
import signal
import sys
import time

CONNECTION_OK, TUPLES_OK, COMMAND_OK = 0, 2, 1
LOST, OVERDUE = 3, 4
LOOK_AGAIN = 0.5
"""Seconds between looks at a worker that is stopped or a database that does not answer."""


class Postgres:
    """One connection by libpq; reconnects on the next call after a failure."""

    def __init__(self, libpq: str, dsn: str) -> None:
        self._lib = lib = ctypes.CDLL(libpq)
        for name in ("PQconnectdb", "PQexecParams"):
            getattr(lib, name).restype = ctypes.c_void_p
        lib.PQcmdTuples.restype = ctypes.c_char_p
        lib.PQconnectdb.argtypes = [ctypes.c_char_p]
        for name in ("PQstatus", "PQfinish", "PQresultStatus", "PQcmdTuples", "PQclear"):
            getattr(lib, name).argtypes = [ctypes.c_void_p]
        texts = ctypes.POINTER(ctypes.c_char_p)
        lib.PQexecParams.argtypes = [
            ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p, texts, ctypes.c_void_p, ctypes.c_void_p,
            ctypes.c_int,
        ]  # fmt: skip
        self._dsn = dsn.encode()
        self._connection: int | None = None

    def execute(self, statement: str, *values: str) -> int | None:
        """The rows a statement touched; None when the database did not answer."""
        if self._connection is None:
            self._connection = self._lib.PQconnectdb(self._dsn)
            if self._lib.PQstatus(self._connection) != CONNECTION_OK:
                self._lose()
                return None
        parameters = (ctypes.c_char_p * len(values))(*[value.encode() for value in values])
        result = self._lib.PQexecParams(
            self._connection, statement.encode(), len(values), None, parameters, None, None, 0
        )
        try:
            if self._lib.PQresultStatus(result) not in (TUPLES_OK, COMMAND_OK):
                self._lose()
                return None
            return int(self._lib.PQcmdTuples(result) or 0)
        finally:
            self._lib.PQclear(result)

    def _lose(self) -> None:
        self._lib.PQfinish(self._connection)
        self._connection = None


def running(pid: int) -> bool:
    """Whether a process lives and may run: neither stopped, nor traced, nor a zombie."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "TtZX"
    except OSError:
        return False


class Keeper:
    """Renews one worker's lease; see the module's docstring."""

    def __init__(self, order: dict[str, object]) -> None:
        self.pid = int(str(order["pid"]))
        self.seconds = float(str(order["seconds"]))
        self.worker_id = str(order["worker_id"])
        self.renew, self.expire = str(order["renew"]), str(order["expire"])
        self.postgres = Postgres(str(order["libpq"]), str(order["dsn"]))
        self.deadline: float | None = None
        self.buffer = b""

    def keep(self) -> int:
        """Until the worker dies or is to die; the exit code."""
        worker = os.pidfd_open(self.pid)
        poll = select.poll()
        poll.register(worker, select.POLLIN)
        poll.register(0, select.POLLIN)
        next_renewal, announced = 0.0, False
        while True:
            now = time.monotonic()
            if self.deadline is not None and now >= self.deadline:
                os.kill(self.pid, signal.SIGKILL)
                return OVERDUE
            if now >= next_renewal:
                next_renewal = now + min(LOOK_AGAIN, self.seconds / 10)
                if running(self.pid):
                    renewed = self.postgres.execute(self.renew, str(self.seconds), self.worker_id)
                    if renewed == 0:
                        os.kill(self.pid, signal.SIGKILL)
                        return LOST
                    if renewed:
                        next_renewal = now + self.seconds / 3
                    if renewed and not announced:
                        announced = True
                        os.write(1, b"up\n")
            wake = next_renewal if self.deadline is None else min(next_renewal, self.deadline)
            ready = {fd for fd, _ in poll.poll(max(0.0, wake - time.monotonic()) * 1000 + 1)}
            if worker in ready:
                self.postgres.execute(self.expire, self.worker_id)
                return 0
            if 0 in ready and not self._read():
                poll.unregister(0)  # a forked child may hold the pipe: only the pidfd tells of the worker's death

    def _read(self) -> bool:
        data = os.read(0, 4096)
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            self.deadline = float(line) if line.strip() else None
        return bool(data)


def main() -> int:
    """Run as a program."""
    os.setsid() if os.getpid() != os.getsid(0) else None
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return 2
        line += byte
    return Keeper(json.loads(line)).keep()


if __name__ == "__main__":
    sys.exit(main())
