"""The proof: rates from counts, their errors, and the same table from the same seed."""

import numpy as np
import pandas as pd
import pytest

from research import error_rates
from research.error_rates import Scenario, SimulatedRun, prove


def test_rates_are_means_over_municipalities():
    markers = pd.DataFrame({"marker": [], "p": []})
    truth = {"s1": "lift", "s2": "share"}
    runs = [
        SimulatedRun({"list": {"s1", "s9"}}, truth, markers),  # one true, one false
        SimulatedRun({"list": {"s1", "s2"}}, truth, markers),  # both true
        SimulatedRun({"list": set()}, truth, markers),  # nothing flagged: no false discovery
    ]
    row = error_rates._summary("irt", Scenario("drawn", 10, 2), "list", runs)
    assert row["fdr"] == pytest.approx((1 / 2 + 0 + 0) / 3, abs=1e-4)
    assert row["recall"] == pytest.approx((1 / 2 + 1 + 0) / 3, abs=1e-4)
    assert row["precision"] == pytest.approx((1 / 2 + 1) / 2, abs=1e-4)
    assert row["any_false"] == pytest.approx(1 / 3, abs=1e-4)
    assert row["recall_lift"] == pytest.approx(2 / 3, abs=1e-4)
    assert row["recall_absent"] is None
    assert row["fdr_se"] == pytest.approx(np.std([0.5, 0, 0], ddof=1) / np.sqrt(3), abs=1e-4)


def test_the_same_seed_gives_the_same_table(monkeypatch):
    monkeypatch.setattr(
        error_rates, "SCENARIOS", (Scenario("clean", 10, 0), Scenario("bad", 10, 3))
    )
    one = prove(2, 5)
    assert one == prove(2, 5)
    assert {row["rule"] for row in one["rows"]} == set(error_rates.RULES)
    assert {row["marker"] for row in one["sizes"]} >= {"heaping", "similarity", "absence"}
