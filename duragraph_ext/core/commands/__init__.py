"""The write side: one file a family of use cases."""
