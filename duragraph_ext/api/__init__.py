"""The HTTP API: tornado handlers, one file a resource."""
