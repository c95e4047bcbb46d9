"""`python -m mockcentra` is the command line."""

from mockcentra.cli import main

main()
