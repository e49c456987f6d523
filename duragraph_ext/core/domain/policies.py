"""Numbers and rules that are policy."""

MAX_CRASHES = 3
"""Attempts that may end in a worker's death before the run is called poison and ends in error."""

COMPATIBLE_WITH = "0.16.7"
"""The release of LangGraph's server whose API we speak."""
