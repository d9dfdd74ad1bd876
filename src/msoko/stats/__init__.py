"""Statistics on arrays and frames; no file, no chart, no Russian.

Each function returns a value with its interval and n, or a `NotEstimable` with the reason; each
names its source and the reference it was checked by. `estimators`: one sample, two, change over
years. `regression`: least squares, logistic, multilevel. `schools`: fair comparison of schools.
`objectivity`: the one verdict.
"""

from msoko.stats.estimators.estimate import Estimate, HypothesisTest, NotEstimable, Reason

__all__ = ["Estimate", "HypothesisTest", "NotEstimable", "Reason"]
