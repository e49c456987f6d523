"""The worker: a Jupyter kernel, or a plain process, that executes runs."""

import os

# Before langgraph is imported: a checkpoint may then only revive types on an allow-list.
os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
