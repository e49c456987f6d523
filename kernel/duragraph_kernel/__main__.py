"""`python -m duragraph_kernel`: a worker process; with `-f connection.json` a worker kernel for Jupyter."""

import sys


def main() -> None:
    """Run whichever was asked for."""
    if "-f" in sys.argv[1:]:
        from .kernel import launch

        launch()
    else:
        from .process import main as run_worker

        run_worker()


if __name__ == "__main__":
    main()
