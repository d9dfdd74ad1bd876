"""Tables are checked here: suites in, a verdict and findings out."""

from __future__ import annotations

from msoko.validate.verdict import Verdict, check_derived, check_year

__all__ = ["Verdict", "check_derived", "check_year"]
