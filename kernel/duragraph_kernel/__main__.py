"""`python -m duragraph_kernel`: a worker process; with `-f connection.json` a worker kernel for Jupyter."""

import sys


def main() -> int:
    """Run whichever was asked for."""
    if "-f" in sys.argv[1:]:
        from .kernel import launch

        launch()
        return 0
    from .process import main as run_worker

    return run_worker()


if __name__ == "__main__":
    sys.exit(main())
