"""What a process tree and a database cost: CPU seconds, memory, bytes and commits."""

from __future__ import annotations

import os

import psutil


class Tree:
    """CPU seconds and memory of a server's process tree."""

    def __init__(self, pid: int | None) -> None:
        self.root = psutil.Process(pid) if pid else None

    def procs(self) -> list[psutil.Process]:
        if not self.root:
            return []
        try:
            return [self.root, *self.root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def cpu(self) -> float:
        total = 0.0
        for p in self.procs():
            try:
                t = p.cpu_times()
                # children_* holds helpers that already exited and were reaped
                total += t.user + t.system + t.children_user + t.children_system
            except psutil.NoSuchProcess:
                pass
        return total

    def memory(self) -> dict[str, float]:
        rss = pss = 0
        procs = self.procs()
        for p in procs:
            try:
                rss += p.memory_info().rss
                pss += getattr(p.memory_full_info(), "pss", 0)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                pass
        return {"rss_mb": round(rss / 2**20, 1), "pss_mb": round(pss / 2**20, 1), "processes": len(procs)}


class Disk:
    """Bytes a run leaves behind: database size and WAL written, or a folder's size."""

    def __init__(self, dsn: str | None, folder: str | None) -> None:
        self.dsn, self.folder = dsn, folder

    def read(self) -> dict[str, int]:
        out: dict[str, int] = {}
        if self.dsn:
            import psycopg

            with psycopg.connect(self.dsn, autocommit=True) as conn:
                row = conn.execute(
                    "select pg_database_size(current_database()), pg_current_wal_lsn() - '0/0'::pg_lsn,"
                    " (select xact_commit from pg_stat_database where datname = current_database())"
                ).fetchone()
            out = {"db_bytes": int(row[0]), "wal_bytes": int(row[1]), "commits": int(row[2])}
        if self.folder:
            out["folder_bytes"] = sum(
                os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(self.folder) for f in fs
            )
        return out
