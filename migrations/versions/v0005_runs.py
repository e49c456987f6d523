"""Keys that name whatever a request made, and workers that speak HTTP."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Let a key name many things, and a worker live without a process that we know."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0005_runs.sql").read_text())


def downgrade() -> None:
    """Refuse: workers without a process would have no place."""
    raise RuntimeError("this schema cannot be downgraded; restore a backup instead")
