"""NATS: topology, dispatch, live subjects. The hint, never the truth."""
