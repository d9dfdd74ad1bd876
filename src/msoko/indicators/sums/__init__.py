"""Sums over tables: one pass for all indicators that share their smallest groups."""
