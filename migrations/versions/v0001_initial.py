"""The first schema; its SQL stands beside this file."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table, index and trigger of release 0.1."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0001_initial.sql").read_text())


def downgrade() -> None:
    """Refuse: going back would drop the event log."""
    raise RuntimeError("the first schema cannot be downgraded; restore a backup instead")
