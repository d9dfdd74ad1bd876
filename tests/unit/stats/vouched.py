"""Whether somebody vouches for every number of a result."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pandas as pd

from msoko.stats.estimators.estimate import Estimate, HypothesisTest, NotEstimable, Reason


def vouch(result: Any) -> None:
    """Fail where a result holds a number that nobody vouches for."""
    if isinstance(result, NotEstimable):
        assert isinstance(result.reason, Reason) and result.n >= 0
    elif isinstance(result, Estimate):
        assert result.low <= result.value <= result.high and result.n > 0
        assert all(x is None or not math.isnan(x) for x in (result.se, result.df, result.p))
        assert result.p is None or 0 <= result.p <= 1
    elif isinstance(result, HypothesisTest):
        assert not math.isnan(result.statistic) and 0 <= result.p <= 1
    elif isinstance(result, pd.DataFrame):
        known = result if "reason" not in result else result[result["reason"].isna()]
        ignored = {"reason", "n", "verdict", "changes_verdict"}
        numbers = known[[c for c in known.columns if c not in ignored]]
        assert not numbers.isna().any(axis=None)
    elif isinstance(result, pd.Series):
        assert not result.isna().any()
    elif dataclasses.is_dataclass(result):
        for field in dataclasses.fields(result):
            if field.name not in ("scores", "design", "blocks"):
                vouch(getattr(result, field.name))
    elif isinstance(result, float):
        assert not math.isnan(result)
