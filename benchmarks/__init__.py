"""How long the work takes, against doing it plainly; run `python -m benchmarks --help`."""
