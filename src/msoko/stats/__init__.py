"""Statistics on arrays and frames, usable alone: `from msoko.stats import funnel`.

No file, no chart, no Russian. Each function returns a value with its interval and n, or a
`NotEstimable` with the reason; each names its source and the reference it was checked by.

`proportions`, `means`, `funnel`, `shrinkage`: shares and means, fairly compared.
`agreement`, `density`, `poisson_binomial`, `multiplicity`: tables, thresholds, many p-values.
`trend`, `cohort`, `detectable`: change. `correlation`, `composite`, `regression`, `wild`,
`logistic`, `mixed`, `mixed_inference`, `value_added`, `resilience`: social context.
`sensitivity`: other choices, and without each school. `objectivity`: the one verdict.
"""

from msoko.stats.estimators.estimate import Estimate, HypothesisTest, NotEstimable, Reason

__all__ = ["Estimate", "HypothesisTest", "NotEstimable", "Reason"]
