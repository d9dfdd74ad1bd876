"""Notebooks executed: their parameters, their kernels, their results."""
