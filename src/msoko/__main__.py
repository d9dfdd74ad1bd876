"""`python -m msoko` is the same command as `msoko`."""

from msoko.cli import main

main()
