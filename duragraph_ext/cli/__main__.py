"""`python -m duragraph_ext.cli` is `jupyter duragraph`."""

from duragraph_ext.cli import main

main()
