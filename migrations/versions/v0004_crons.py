"""Crons and webhooks; the SQL stands beside this file."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create what crons and webhooks need."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0004_crons.sql").read_text())


def downgrade() -> None:
    """Refuse: going back would drop the crons."""
    raise RuntimeError("a schema is not downgraded; restore a backup instead")
