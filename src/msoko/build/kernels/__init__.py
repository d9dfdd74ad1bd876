"""Notebooks and plain calls, executed in clean processes that find everything imported."""
