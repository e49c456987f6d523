"""Whose a cron is, among the users of the project's own auth."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column; a constant default does not rewrite the table."""
    op.execute("ALTER TABLE crons ADD COLUMN user_id text NOT NULL DEFAULT ''")


def downgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE crons DROP COLUMN user_id")
