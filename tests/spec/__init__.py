"""Holds `spec/` and the code together, both ways."""
