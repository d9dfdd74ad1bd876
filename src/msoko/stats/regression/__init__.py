"""Regression: least squares with robust errors, logistic, multilevel."""
