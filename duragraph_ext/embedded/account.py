"""Postgres refuses to run as root: choose the account under which it runs."""

from __future__ import annotations

import ctypes
import os
import pwd
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from duragraph_ext.embedded.errors import DataPlaneError
from duragraph_ext.embedded.process import clean_environment, libc

_NOBODY = 65534
_CLONE_NEWUSER = 0x10000000
_PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 8, 47, 2
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class Account:
    """Who runs Postgres: the owner of its files, and how a forked child becomes it."""

    uid: int
    gid: int
    become: Callable[[], None]
    become_named: Callable[[], None]
    """As `become`, for making a cluster, which wants a user with a name."""


def choose_account(postgres: Path, folders: Sequence[Path]) -> Account:
    """The account that can run the binary `postgres` and reach `folders`, which become its own.

    As root: the user nobody, if need be with the power to enter the folders on the way, else a user
    namespace in which root is nobody. Raises DataPlaneError with the remedy if none of them works.
    """
    uid, gid = os.geteuid(), os.getegid()
    if uid != 0:
        return Account(uid, gid, _stay, _stay if _has_name(uid) else _enter_user_namespace)
    candidates = [
        Account(_NOBODY, _NOBODY, _become_nobody, _become_nobody),
        Account(_NOBODY, _NOBODY, _become_nobody_with_access, _become_nobody_with_access),
        Account(0, 0, _enter_user_namespace, _enter_user_namespace),
    ]
    for account in candidates:
        if _works(account, postgres, folders):
            return account
    raise DataPlaneError(
        f"Postgres does not run as root, and no unprivileged account can reach both {postgres.parent} and "
        f"{folders[0]}: start as a normal user, or move --data-dir and the environment where others may enter"
    )


def _works(account: Account, postgres: Path, folders: Sequence[Path]) -> bool:
    def become() -> None:
        account.become()
        for folder in folders:
            os.scandir(folder).close()

    try:
        for folder in folders:
            _give(folder, account)
        trial = subprocess.run(
            [postgres, "--version"],
            preexec_fn=become,
            env=clean_environment(),
            cwd="/",
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return trial.returncode == 0


def _give(folder: Path, account: Account) -> None:
    if folder.stat().st_uid == account.uid:
        return
    for parent, _, files in os.walk(folder):
        for path in (parent, *(os.path.join(parent, name) for name in files)):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _stay() -> None:
    pass


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _become_nobody_with_access() -> None:
    """Become nobody and keep one capability, by which folders closed to others can be entered."""
    for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        if _effective_capabilities() >> capability & 1:
            break
    else:
        raise PermissionError("no capability to enter closed folders")
    _check(libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))
    _become_nobody()
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    bit = 1 << capability
    _check(libc.capset(header, (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)))
    _check(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def _enter_user_namespace() -> None:
    """Enter a namespace in which the current user is called nobody."""
    if sys.platform != "linux":
        raise OSError("user namespaces need Linux")
    uid, gid = os.geteuid(), os.getegid()
    _check(libc.unshare(_CLONE_NEWUSER))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_NOBODY} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{_NOBODY} {gid} 1")


def _effective_capabilities() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return int(line.split()[1], 16)
    return 0


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
