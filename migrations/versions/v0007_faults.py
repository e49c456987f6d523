"""How a worker's process ended, so that a run that killed it can say by what."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; it has no default, so that the table is not rewritten."""
    op.execute("ALTER TABLE workers ADD COLUMN ended_by text")


def downgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE workers DROP COLUMN ended_by")
