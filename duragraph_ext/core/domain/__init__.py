"""Pure rules: events, aggregates, policies; no I/O."""
