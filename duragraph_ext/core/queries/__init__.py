"""The read side: SQL in, JSON-ready rows out."""
