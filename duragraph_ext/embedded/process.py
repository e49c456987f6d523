"""Start a server that dies with its supervisor, and end it in time."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LOG_LIMIT = 10 * 2**20
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME")
_SECRETS = ("JUPYTER_TOKEN", "JPY_API_TOKEN", "JUPYTERHUB_API_TOKEN", "DURAGRAPH_TOKEN", "DURAGRAPH_DATABASE_URL")

libc = ctypes.CDLL(None, use_errno=True)


def clean_environment() -> dict[str, str]:
    """What a server of the data plane needs of our environment: none of the user's keys."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without the server's own tokens."""
    return {name: value for name, value in environment.items() if name not in _SECRETS}


def adopt_orphans() -> None:
    """Make children of a killed child ours, so that they can be found and ended."""
    if sys.platform == "linux":
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)


def spawn(
    command: Sequence[str | Path],
    log: Path,
    *,
    death_signal: signal.Signals,
    become: Callable[[], None] | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in its own session, writing to `log`.

    It receives `death_signal` when this process dies. `become` runs in the child before the program.
    """
    parent = os.getpid()

    def prepare() -> None:
        if become:
            become()
        if sys.platform == "linux":
            libc.prctl(_PR_SET_PDEATHSIG, death_signal)  # after `become`: a change of user clears it
            if os.getppid() != parent:
                os._exit(1)

    with open_log(log) as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=clean_environment() | (environment or {}),
            start_new_session=True,
            preexec_fn=prepare,
        )


def end(process: subprocess.Popen[bytes], signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn and wait its seconds; whatever survives is killed."""
    for number, patience in signals:
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    if process.poll() is None:
        process.kill()
        process.wait()


def end_stray(pid: int, argument: Path, signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """End a server that its killed supervisor left, known by an argument of its command line.

    Any other process under that pid is none of ours: the pid was recycled.
    """
    with contextlib.suppress(OSError):
        if os.fsencode(argument) not in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
            return
    for number, patience in (*signals, (signal.SIGKILL, 1.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience
        while is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        if not is_alive(pid):
            return


def is_alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except PermissionError:
        return True
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()  # gone meanwhile, or a system without /proc
    return state != "Z"


def open_log(path: Path) -> BinaryIO:
    """Open a log for appending; one that grew too long becomes `….old`."""
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > _LOG_LIMIT:
            path.replace(path.with_suffix(".log.old"))
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def tail(path: Path, lines: int = 3) -> str:
    """The last lines of a log, on one line, for an error message."""
    with contextlib.suppress(FileNotFoundError):
        return " / ".join(path.read_text(errors="replace").splitlines()[-lines:])
    return "no log"


def say(text: str) -> None:
    """Write a line to the supervisor's log."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    sys.stderr.write(f"{stamp} supervisor {os.getpid()}: {text}\n")
    sys.stderr.flush()
