"""`python -m guardrun`."""

from guardrun.cli import main

main()
