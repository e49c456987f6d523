"""Where everything of one data directory lies."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from duragraph_ext.embedded.errors import DataPlaneError

BYE = b"bye\n"
"""What a client sends through the control socket when it lets go."""
RESTART_NATS = b"nats\n"
"""What a client sends when JetStream writes nothing any more, as after a full disk until it is restarted."""

MOUNTS = Path("/proc/self/mounts")
LONGEST_SOCKET_PATH = 107
_LONGEST_SOCKET_NAME = "postgres/.s.PGSQL.5432.lock"


@dataclass(frozen=True)
class Layout:
    """The paths below one data directory. Sockets may live elsewhere: their paths must be short."""

    root: Path

    @property
    def lock(self) -> Path:
        return self.root / "supervisor.lock"

    @property
    def services(self) -> Path:
        return self.root / "services.json"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def passfile(self) -> Path:
        return self.secrets / "postgres.pgpass"

    @property
    def nats_token(self) -> Path:
        return self.secrets / "nats.token"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def nats(self) -> Path:
        return self.root / "nats"

    @property
    def runtime_pointer(self) -> Path:
        return self.root / "runtime"

    @property
    def runtime(self) -> Path | None:
        """The folder of the sockets, None before the first supervisor chose it."""
        try:
            return Path(self.runtime_pointer.read_text().strip())
        except FileNotFoundError:
            return None

    @property
    def control_socket(self) -> Path | None:
        """The supervisor's socket, None before the first supervisor chose its folder."""
        runtime = self.runtime
        return runtime / "control" if runtime else None

    def create(self) -> None:
        """Make the folders. As root they may be entered, not listed, by the account of Postgres.

        Raises DataPlaneError if the data directory cannot be written or lies on a network file system.
        """
        enterable = 0o711 if os.geteuid() == 0 else 0o700
        try:
            self.root.mkdir(mode=enterable, parents=True, exist_ok=True)
            for folder in (self.secrets, self.logs, self.nats):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise DataPlaneError(
                f"cannot write the data directory {self.root} ({error.strerror}): "
                "choose another with --data-dir or DURAGRAPH_DATA_DIR"
            ) from error
        refuse_network_filesystem(self.root)

    def choose_runtime(self) -> Path:
        """The folder of the sockets: the one of a killed supervisor, else one below root, else a short path.

        Clients that outlived their supervisor find the sockets at the same place again.
        """
        enterable = 0o711 if os.geteuid() == 0 else 0o700
        runtime = self.runtime
        if runtime is not None and not runtime.exists():
            with contextlib.suppress(OSError):
                runtime.mkdir(mode=0o700)
        if runtime is None or not _is_ours(runtime):
            runtime = self.root / "run"
            if len(os.fsencode(runtime / _LONGEST_SOCKET_NAME)) > LONGEST_SOCKET_PATH:
                runtime = Path(tempfile.mkdtemp(prefix="duragraph-"))
        runtime.mkdir(exist_ok=True)
        runtime.chmod(enterable)
        write_private(self.runtime_pointer, f"{runtime}\n")
        return runtime


def write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner only."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        file.write(text)
    partial.replace(path)


def refuse_network_filesystem(path: Path) -> None:
    """Raise DataPlaneError if `path` lies where neither locks nor fsync can be trusted."""
    kind = _filesystem_of(path)
    if kind in _NETWORK_FILESYSTEMS or (kind.startswith("fuse.") and kind not in _LOCAL_FUSE):
        raise DataPlaneError(
            f"the data directory {path} lies on a network file system ({kind}), where a database can be "
            "damaged: set --data-dir or DURAGRAPH_DATA_DIR to a local disk, or use --database-url"
        )


_NETWORK_FILESYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "ceph", "glusterfs", "lustre", "gpfs", "beegfs"}
)
_LOCAL_FUSE = frozenset({"fuse.fuse-overlayfs", "fuse.gocryptfs", "fuse.encfs", "fuse.bindfs"})


def _filesystem_of(path: Path) -> str:
    """The type of the file system that holds `path`; empty where the kernel does not tell."""
    try:
        mounts = MOUNTS.read_text(errors="surrogateescape").splitlines()
    except FileNotFoundError:
        return ""
    resolved = path.resolve()
    kind, longest = "", -1
    for line in mounts:
        _, mount, filesystem, *_ = line.split(" ")
        point = Path(mount.encode(errors="surrogateescape").decode("unicode_escape"))
        if resolved.is_relative_to(point) and len(str(point)) >= longest:
            kind, longest = filesystem, len(str(point))
    return kind


def _is_ours(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and not folder.is_symlink() and status.st_uid == os.geteuid()
