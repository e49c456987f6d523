"""What repo2docker builds, without Docker: a home, the repository in it, and an environment its user may write.

A conda environment is stood in for by a virtual one with the packages of this test's own environment; the
repository is installed over them, by the very `binder/requirements.txt`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SHIPPED = (
    "LICENSE", "README.md", "binder", "dashboard", "duragraph_ext", "kernel", "migrations", "notebooks",
    "pyproject.toml",
)  # fmt: skip
VISITOR = 1000
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
SYSTEM = (Path("/usr/local/bin", VERSION), Path("/usr/bin", VERSION))


@dataclass(frozen=True)
class Image:
    """An environment, a home and a repository that belong to `uid`."""

    root: Path
    uid: int

    @property
    def home(self) -> Path:
        """The fresh home."""
        return self.root / "home"

    @property
    def repository(self) -> Path:
        """The repository in the home, where everything starts."""
        return self.home / "repository"

    @property
    def environment(self) -> dict[str, str]:
        """What repo2docker's images set."""
        return {
            "PATH": f"{self.root / 'venv/bin'}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "REPO_DIR": str(self.repository),
            "USER": "jovyan",
            "NB_USER": "jovyan",
            "LANG": "C.UTF-8",
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
        }

    def build(self) -> None:
        """Copy and make everything, as root or as the visitor."""
        self.root.chmod(0o755)
        base = self._python()
        self.home.mkdir()
        self.repository.mkdir()
        for name in SHIPPED:
            _copy(REPOSITORY / name, self.repository / name)
        subprocess.run([base, "-m", "venv", "--without-pip", self.root / "venv"], check=True, timeout=120)
        self._fill(self.root / "venv")
        if self.uid != os.geteuid():
            for folder, folders, files in os.walk(self.root):
                for name in ["", *folders, *files]:
                    os.chown(Path(folder, name), self.uid, self.uid, follow_symlinks=False)

    def run(self, command: Sequence[str | Path], timeout: float = 300) -> str:
        """Run a step of the build as the visitor; its output. Fails with it."""
        done = subprocess.run(
            command, cwd=self.repository, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=timeout, **self.visitor(),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        return done.stdout

    def visitor(self) -> dict[str, object]:
        """Arguments of Popen that make a process the visitor's."""
        return {} if self.uid == os.geteuid() else {"user": self.uid, "group": self.uid, "extra_groups": []}

    def _python(self) -> Path:
        """An interpreter of our version that the visitor can reach."""
        candidates = [Path(sys._base_executable).resolve(), *SYSTEM]  # type: ignore[attr-defined]
        for candidate in candidates:
            if self._succeeds([candidate, "-c", ""]):
                return candidate
        pytest.skip(f"missing: a {VERSION} that user {self.uid} may run; tried {', '.join(map(str, candidates))}")

    def _succeeds(self, command: Sequence[str | Path]) -> bool:
        """Whether the visitor can run a command."""
        try:
            return subprocess.run(command, capture_output=True, env={}, timeout=60, **self.visitor()).returncode == 0
        except (PermissionError, FileNotFoundError):
            return False

    def _fill(self, venv: Path) -> None:
        """Bring our own environment's packages, scripts and data into another: by name, or copied if need be."""
        ours, site = Path(sysconfig.get_path("purelib")), venv / "lib" / VERSION / "site-packages"
        if self._succeeds(["/bin/ls", ours]):
            (site / "ours.pth").write_text(f"{ours}\n")
        else:
            _copy(ours, site)
        for name in ("etc", "share"):
            if (source := Path(sys.prefix, name)).is_dir():
                _copy(source, venv / name)
        for script in Path(sys.prefix, "bin").iterdir():
            target = venv / "bin" / script.name
            if script.is_symlink() or target.exists() or not script.is_file():
                continue
            content = script.read_bytes()
            if content.startswith(b"#!"):
                content = content.replace(os.fsencode(sys.prefix), os.fsencode(venv))
            target.write_bytes(content)
            target.chmod(0o755)


def _copy(source: Path, target: Path) -> None:
    unwanted = shutil.ignore_patterns("__pycache__", "node_modules", ".git", "*.egg-info")
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore=unwanted, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)
