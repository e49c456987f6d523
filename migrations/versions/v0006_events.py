"""Threads remember until when somebody follows them, so that a worker makes frames of a run from its first step."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add `threads.watched_until`."""
    op.get_bind().exec_driver_sql("ALTER TABLE threads ADD COLUMN watched_until timestamptz")


def downgrade() -> None:
    """Forget who follows; streams that are open ask again."""
    op.get_bind().exec_driver_sql("ALTER TABLE threads DROP COLUMN watched_until")
