"""Retention: streams with a base snapshot, and the one function that may delete events."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add what retention needs."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0008_retention.sql").read_text())


def downgrade() -> None:
    """Refuse: pruned streams cannot be read without their base."""
    raise RuntimeError("retention cannot be taken back; restore a backup instead")
