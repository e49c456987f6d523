"""Runs `binder/` as repo2docker and mybinder.org do, without Docker."""
