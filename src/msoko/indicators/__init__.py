"""Declared indicators over tables: one long table of values with numerators and intervals."""

from msoko.indicators.computing import compute

__all__ = ["compute"]
