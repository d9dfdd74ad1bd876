"""Indicators that reports of other directions use beside that which declares them."""

from __future__ import annotations

from msoko.indicators.rules.low_result_schools import BASE

SCHOOL_MARKS = ("so_half_year_good", "so_year_good")
"""The shares of good marks that schools give."""
EXAM_MARKS = ("so_oge_high", "so_vpr_high")
"""The shares of good marks that exams give, set beside those of schools."""
EVERYWHERE = frozenset({BASE, *SCHOOL_MARKS, *EXAM_MARKS})
