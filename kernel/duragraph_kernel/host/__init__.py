"""The project host: the one process of a server that runs the project's auth handlers and its `http.app`."""
