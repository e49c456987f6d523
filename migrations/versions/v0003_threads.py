"""Threads that expire."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    """Add the time to live of threads, and its default."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0003_threads.sql").read_text())


def downgrade() -> None:
    """Refuse: the log would name columns that are gone."""
    raise RuntimeError("the time to live of threads cannot be taken back; restore a backup instead")
