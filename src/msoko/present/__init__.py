"""Numbers become charts, tables and sentences: what a notebook's cell calls."""

from msoko.present.report import Report

__all__ = ["Report"]
