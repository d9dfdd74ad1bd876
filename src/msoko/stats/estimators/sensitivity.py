"""Would another reasonable choice have led to another conclusion?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from msoko.stats.estimators.estimate import Estimate, NotEstimable, Reason

OMISSION_COLUMNS = [
    "omitted", "value", "low", "high", "n", "shift", "verdict", "changes_verdict", "reason",
]  # fmt: skip


@dataclass(frozen=True)
class Sensitivity:
    """A conclusion under every choice.

    `table` by choice, in the order given: `choice, value, low, high, n, verdict, reason`; `verdict`
    "above" or "below" when the interval excludes the null, else "undecided"; a choice that could
    not be estimated has a `reason` and no verdict. `main` is the verdict of the first choice,
    `agreement` the share of the estimable choices with that verdict, `is_reversed` whether some
    choice concludes the opposite, `n` the number of estimable choices.
    """

    table: pd.DataFrame
    main: str
    agreement: float
    is_reversed: bool
    n: int


def verdict_against(estimate: Estimate, null: float = 0.0) -> str:
    """Return "above", "below" or "undecided": where the interval lies against `null`."""
    if estimate.low > null:
        return "above"
    return "below" if estimate.high < null else "undecided"


def across_choices(
    choices: Mapping[str, Callable[[], Estimate | NotEstimable]], null: float = 0.0
) -> Sensitivity | NotEstimable:
    """Return how a conclusion stands over reasonable choices; the first is the main one.

    `choices` names functions without arguments, each returning an estimate of the same quantity
    (other adjustment, other exclusion, other standard error). The disputable choice is the list
    itself: name it before looking. Not estimable, with its reason, when the main choice is not;
    ValueError for no choices.
    """
    if not choices:
        raise ValueError("name at least one choice")
    found = {name: choose() for name, choose in choices.items()}
    first = next(iter(found.values()))
    if isinstance(first, NotEstimable):
        return first
    rows = [_row(name, result, null) for name, result in found.items()]
    names = ["choice", "value", "low", "high", "n", "verdict", "reason"]
    table = pd.DataFrame(rows, columns=names)
    main = verdict_against(first, null)
    verdicts = table["verdict"].dropna()
    opposite = {"above": "below", "below": "above"}.get(main)
    return Sensitivity(
        table,
        main,
        float((verdicts == main).mean()),
        bool((verdicts == opposite).any()) if opposite else False,
        len(verdicts),
    )


def leave_one_out(
    frame: pd.DataFrame,
    unit: str,
    estimator: Callable[[pd.DataFrame], Estimate | NotEstimable],
    null: float = 0.0,
) -> pd.DataFrame | NotEstimable:
    """Return the estimate without each unit (school) in turn, most influential first.

    Columns `omitted, value, low, high, n, shift, verdict, changes_verdict, reason`; `shift` is the
    change of the value when the unit is left out, in units of the estimate. Units whose omission
    leaves nothing to estimate come last with a reason. Not estimable when the whole is not,
    or with fewer than three units.
    """
    whole = estimator(frame)
    if isinstance(whole, NotEstimable):
        return whole
    units = list(pd.unique(frame[unit].dropna()))
    if len(units) < 3:
        return NotEstimable(Reason.TOO_FEW_GROUPS, len(frame))
    rows = []
    for one in units:
        result = estimator(frame[frame[unit] != one].reset_index(drop=True))
        name, value, low, high, n, stand, reason = _row(one, result, null)
        shift = None if value is None else value - whole.value
        changes = None if stand is None else stand != verdict_against(whole, null)
        rows.append((name, value, low, high, n, shift, stand, changes, reason))
    table = pd.DataFrame(rows, columns=OMISSION_COLUMNS)
    order = table["shift"].astype(float).abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _row(name: object, result: Estimate | NotEstimable, null: float) -> tuple:
    if isinstance(result, NotEstimable):
        return name, None, None, None, result.n, None, result.reason.value
    stand = verdict_against(result, null)
    return name, result.value, result.low, result.high, result.n, stand, None
