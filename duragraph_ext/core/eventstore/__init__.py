"""PostgreSQL: the log, the fenced group-commit writer, the outbox."""
