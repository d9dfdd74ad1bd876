"""What a verdict depends on: one school, other conditions, a threshold."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from msoko.catalog.directions.direction import Threshold
from msoko.indicators.values.low_result_schools import assess_low_results
from msoko.report.sections.results import context, low_results
from msoko.stats.estimators.correlation import spearman


class Named:
    """An indicator by its code alone."""

    def __init__(self, code):
        self.code = code


def pair_of(x, y):
    index = [f"s{n}" for n in range(len(x))]
    return pd.DataFrame({"value": y, "context": x, "n": 1.0}, index=index, dtype=float)


def test_schools_whose_absence_turns_the_verdict_are_counted():
    """Eleven schools rise together; without any one of them the interval still excludes zero."""
    sure = pair_of(range(11), range(11))
    told = spearman(sure["context"], sure["value"])
    assert context._influence(sure, told) == (1.0, 1.0, 0)
    x = np.arange(10.0)
    y = np.array([2.0, 0, 1, 3, 7, 4, 8, 5, 6, 9])[::-1][[9, 1, 7, 6, 5, 4, 3, 2, 8, 0]]
    frame = pair_of(x, y)
    told = spearman(x, y)
    low, high, flips = context._influence(frame, told)
    left = [spearman(np.delete(x, i), np.delete(y, i)) for i in range(10)]
    assert (low, high) == (min(one.value for one in left), max(one.value for one in left))
    assert flips == sum((one.low > 0) != (told.low > 0) for one in left)


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_few_schools_have_no_influence_to_tell(count):
    assert context._influence(pair_of(range(count), range(count)), None) is None


def test_conditions_held_fixed_are_the_correlation_of_residuals_of_ranks():
    generator = np.random.default_rng(3)
    a = generator.normal(size=30)
    b, y = a + generator.normal(size=30), a + generator.normal(size=30)
    told = [(Named("a"), pair_of(a, y), None), (Named("b"), pair_of(b, y), None)]
    found = context._beside_others(told)
    ranks = {name: stats.rankdata(one) for name, one in (("a", a), ("b", b), ("y", y))}
    left = [ranks[name] - np.poly1d(np.polyfit(ranks["a"], ranks[name], 1))(ranks["a"])
            for name in ("b", "y")]  # fmt: skip
    assert found["b"].value == pytest.approx(np.corrcoef(*left)[0, 1], abs=1e-10)
    assert context._beside_others(told[:1]) == {}
    assert context._beside_others([one[:1] + (one[1].iloc[:4], None) for one in told]) == {}


class Words:
    """A report that says its keys."""

    is_public = False

    def say(self, key, **slots):
        return f"{slots['share']}{'*' if slots['in_use'] else ''}" if "share" in slots else key

    def heads(self, *names):
        return list(names)

    def school_name(self, school):
        return school

    def sheet(self, head, rows, caption, name):
        return head, rows


def test_the_strip_counts_low_papers_at_every_share():
    shares = {"s1": [0.45, 0.32, 0.1], "s2": [0.22, 0.21, 0.0], "s3": [0.05, 0.0, 0.0]}
    papers = pd.DataFrame(
        [
            (school, "2024-25", "vpr", f"p{number}", 5, round(100 * share), 100)
            for school, own in shares.items()
            for number, share in enumerate(own)
        ],
        columns=["school_id", "school_year", "procedure", "subject", "grade", "below_count",
                 "participant_count"],
    )  # fmt: skip
    known = {"unit": "share", "origin": "practice", "source": "тест"}
    thresholds = {
        code: Threshold(code=code, title=code, value=value, alternatives=also, **known)
        for code, value, also in (("low_results_share", 0.3, (0.2, 0.3, 0.4)),
                                  ("low_results_procedures", 2, (2,)))
    }  # fmt: skip
    found = assess_low_results(papers, thresholds)
    head, rows = low_results._strip(Words(), found)
    assert head[2:] == ["20", "30*", "40"]
    assert [[row[0], *row[2:]] for row in rows] == [
        ["s1", "**2**", "**2**", "1"],
        ["s2", "**2**", "0", "0"],
    ]
    public = Words()
    public.is_public = True
    assert low_results._strip(public, found) is None
