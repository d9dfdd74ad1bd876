"""The simulator: the same seed, the right form, and each bias where it was planted."""

import numpy as np
import pandas as pd
import pytest

from research.simulated_municipality import KINDS, SimulationPlan, marks_of, simulate

GENERATORS = ["irt", "true_score"]


@pytest.mark.parametrize("generator", GENERATORS)
def test_the_same_seed_gives_the_same_tables(generator):
    plan = SimulationPlan(school_count=8, planted_count=5, generator=generator)
    one, two, other = simulate(plan, 1), simulate(plan, 1), simulate(plan, 2)
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, two.tables[name])
    assert not one.tables["results"].equals(other.tables["results"])


@pytest.mark.parametrize("generator", GENERATORS)
def test_points_of_tasks_add_up_to_the_score_and_the_score_gives_the_mark(generator):
    tables = simulate(
        SimulationPlan(school_count=12, planted_count=12, generator=generator), 3
    ).tables
    results = tables["results"]
    now = results[(results["school_year"] == "2023-24") & ~results["is_absent"]]
    sums = tables["task_scores"].groupby(["pupil_id", "subject"])["score"].sum()
    known = now.set_index(["pupil_id", "subject"])
    assert (sums == known["primary_score"].reindex(sums.index)).all()
    assert (tables["task_scores"]["score"] <= tables["task_scores"]["max_score"]).all()
    scale = tables["scales"].query("school_year == '2023-24'").set_index("subject")["cuts"]
    for subject, rows in now.groupby("subject"):
        cuts = np.array([int(cut) for cut in scale[subject].split(";")])
        assert (marks_of(rows["primary_score"].to_numpy(), cuts) == rows["mark"]).all()


def test_absent_pupils_have_no_score_and_no_tasks():
    tables = simulate(SimulationPlan(school_count=10, planted_count=0), 4).tables
    absent = tables["results"].query("is_absent")
    assert len(absent) > 0
    assert absent["primary_score"].isna().all()
    written = tables["task_scores"].set_index(["pupil_id", "subject"]).index
    assert not pd.MultiIndex.from_frame(absent[["pupil_id", "subject"]]).isin(written).any()


@pytest.mark.parametrize("generator", GENERATORS)
@pytest.mark.parametrize("kind", KINDS)
def test_bias_touches_planted_schools_and_the_assessed_year_only(kind, generator):
    same = {"school_count": 10, "generator": generator, "kinds": (kind,)}
    honest = simulate(SimulationPlan(planted_count=0, **same), 9).tables["results"]
    biased = simulate(SimulationPlan(planted_count=2, **same), 9)
    results = biased.tables["results"]
    changed = (results["primary_score"].fillna(-1) != honest["primary_score"].fillna(-1)) | (
        results["is_absent"] != honest["is_absent"]
    )
    assert changed.any()
    assert set(results.loc[changed, "school_id"]) <= set(biased.planted["school_id"])
    assert set(results.loc[changed, "school_year"]) == {"2023-24"}


def test_breadth_keeps_bias_to_one_subject_of_a_school():
    plan = SimulationPlan(school_count=10, planted_count=1, kinds=("inflate",), breadth=1)
    honest = simulate(SimulationPlan(school_count=10, planted_count=0), 9).tables["results"]
    results = simulate(plan, 9).tables["results"]
    changed = results["primary_score"].fillna(-1) != honest["primary_score"].fillna(-1)
    assert results.loc[changed, "subject"].nunique() == 1


@pytest.mark.parametrize(
    "wrong", [{"generator": "none"}, {"kinds": ("theft",)}, {"planted_count": 61}]
)
def test_impossible_plans_are_refused(wrong):
    with pytest.raises(ValueError):
        SimulationPlan(**wrong)
