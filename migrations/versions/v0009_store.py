"""The store: items and their embeddings; its SQL stands beside this file."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the store's tables."""
    op.get_bind().exec_driver_sql(Path(__file__).with_name("0009_store.sql").read_text())


def downgrade() -> None:
    """Drop the store's tables, with what was remembered."""
    op.get_bind().exec_driver_sql("DROP TABLE store_vectors; DROP TABLE store_items")
