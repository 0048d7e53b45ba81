"""`python -m streams.cli` is the command `huiyu`."""

from streams.cli import main

main()
