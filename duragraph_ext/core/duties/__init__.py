"""Chores that one leader runs for all servers."""

from .leader import Duties

__all__ = ["Duties"]
