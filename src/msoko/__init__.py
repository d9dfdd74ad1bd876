"""Reproducible annual reports for municipal systems of education-quality assessment."""

__version__ = "0.1.0"
