"""Numbers become charts, tables and sentences: what a notebook's cell calls."""

from msoko.report.report import Report

__all__ = ["Report"]
