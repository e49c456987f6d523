"""The worker: a Jupyter kernel that executes runs."""
