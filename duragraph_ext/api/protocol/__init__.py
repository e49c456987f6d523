"""The event streaming protocol: commands to a thread, and its events by channel and namespace."""
