"""The verdict: what planted schools do to it, what missing data leave out, its exact form."""

import json

import numpy as np
import pandas as pd
import pytest

from msoko.core.tables import TABLES
from msoko.stats.objectivity.assessment import Assessment, assess, tier
from research.simulated_municipality import KINDS, SimulationPlan, simulate


@pytest.fixture(scope="module")
def planted():
    return simulate(SimulationPlan(), 2024)


@pytest.fixture(scope="module")
def verdict(planted) -> Assessment:
    return assess(**planted.tables)


def reasons(found: Assessment) -> set[tuple[str, str]]:
    return {(item["marker"], item["reason"]) for item in found.meta["left_out"]}


def test_tables_have_the_columns_that_the_store_knows(verdict):
    assert list(verdict.schools.columns) == list(TABLES["objectivity_schools"].columns)
    assert list(verdict.markers.columns) == list(TABLES["objectivity_markers"].columns)


def test_most_planted_schools_are_flagged_and_few_honest_ones(planted, verdict):
    flagged = set(verdict.schools.loc[verdict.schools["is_flagged"], "school_id"])
    truth = set(planted.planted["school_id"])
    assert len(flagged & truth) >= 7
    assert len(flagged - truth) <= 2


def test_each_kind_speaks_through_its_own_marker(planted, verdict):
    own = {"lift": "heaping", "share": "similarity", "absent": "absence", "mimic": "agreement"}
    together = verdict.markers[verdict.markers["subject"] == "all"]
    p = together.set_index(["school_id", "marker"])["p"]
    for kind, marker in own.items():
        schools = planted.planted.loc[planted.planted["kind"] == kind, "school_id"]
        assert min(p[school, marker] for school in schools) < 0.01, kind


def test_inflation_is_a_break_and_is_not_confirmed_by_the_exam():
    drawn = simulate(SimulationPlan(kinds=("inflate",), planted_count=4), 7)
    together = assess(**drawn.tables).markers.query("subject == 'all'")
    p = together[together["school_id"].isin(drawn.planted["school_id"])].groupby("marker")["p"]
    assert p.median()["break"] < 0.01
    assert p.median()["exam"] < 0.01
    assert p.median()["absence"] > 0.1


def test_journal_divergence_alone_never_flags():
    """Six schools whose journals are a whole mark harsher, and six a mark kinder."""
    drawn = simulate(SimulationPlan(planted_count=0), 12)
    results = drawn.tables["results"].copy()
    number = results["school_id"].str[1:].astype(int)
    shift = np.select([number <= 6, number <= 12], [-1, 1], 0)
    results["journal_mark"] = (results["journal_mark"] + shift).clip(2, 5)
    found = assess(**{**drawn.tables, "results": results})
    assert not found.schools["is_flagged"].any()
    assert "journal" in set(found.markers["marker"])


def test_json_has_the_documented_form_and_nothing_that_json_lacks(verdict):
    whole = verdict.as_json_dict()
    text = json.dumps(whole, allow_nan=False)
    assert json.loads(text) == whole
    assert list(whole) == ["meta", "schools", "municipality"]
    form = ["school_id", "p_combined", "q_bh", "q_by", "flagged", "markers"]
    assert all(list(school) == form for school in whole["schools"])
    assert list(whole["municipality"]) == form
    assert {"subject", "marker", "effect", "p", "n", "tier"} <= set(
        whole["schools"][0]["markers"][0]
    )


def test_flags_are_the_adjusted_values_at_q(verdict):
    schools = verdict.schools
    assert (schools["is_flagged"] == (schools["q_bh"] <= 0.1)).all()
    assert (schools["q_by"] >= schools["q_bh"]).all()


def test_row_order_and_repetition_change_nothing(planted, verdict):
    shuffled = {
        name: table.sample(frac=1, random_state=3) for name, table in planted.tables.items()
    }
    results = planted.tables["results"]
    shuffled["results"] = pd.concat([shuffled["results"], results.head(300)])
    again = assess(**shuffled)
    assert json.dumps(again.as_json_dict()) == json.dumps(verdict.as_json_dict())


def test_what_is_missing_leaves_its_markers_out_by_name(planted):
    results = planted.tables["results"]
    now = results[results["school_year"] == "2023-24"].drop(columns=["mark", "journal_mark"])
    found = assess(now)
    assert set(found.markers["marker"]) == set()
    assert {
        ("similarity", "no_tasks"),
        ("heaping", "no_scale"),
        ("break", "no_before"),
        ("exam", "no_after"),
        ("agreement", "no_journal"),
        ("absence", "no_before"),
    } <= reasons(found)
    assert found.schools["p_combined"].isna().all()
    assert not found.schools["is_flagged"].any()
    assert len(found.meta["schools_not_assessed"]) == 60


def test_cuts_are_taken_from_the_marks_where_the_scale_is_missing(planted, verdict):
    tables = {name: table for name, table in planted.tables.items() if name != "scales"}
    found = assess(**tables)
    assert ("scale", "scale_from_marks") in reasons(found)
    one, two = (
        each.markers.query("marker == 'heaping'")["p"].to_numpy() for each in (found, verdict)
    )
    assert one == pytest.approx(two)


def test_absent_rows_may_be_missing_altogether(planted, verdict):
    results = planted.tables["results"]
    is_absent = (results["school_year"] == "2023-24") & results["primary_score"].isna()
    bare = results[~is_absent].drop(columns="is_absent")
    found = assess(**{**planted.tables, "results": bare})
    assert found.meta["absence_inferred"]
    absent = planted.planted.query("kind == 'absent'")["school_id"]
    p = found.markers.query("marker == 'absence' and subject == 'all'").set_index("school_id")["p"]
    assert p[absent].min() < 1e-4
    assert p[absent].max() < 0.1


@pytest.mark.parametrize("count", [1, 3, 4])
def test_few_schools_are_not_compared(count):
    drawn = simulate(SimulationPlan(school_count=count, planted_count=0), 5)
    found = assess(**drawn.tables)
    assert not found.schools["is_flagged"].any()
    assert {reason for _, reason in reasons(found)} == {"too_few_groups"}


def test_several_grades_of_a_subject_make_one_marker(planted):
    results = planted.tables["results"].copy()
    is_now = results["school_year"] == "2023-24"
    is_odd = results["school_id"].str[1:].astype(int) % 2 == 1
    results.loc[is_now & is_odd, "grade"] = 6
    markers = assess(**{**planted.tables, "results": results}).markers
    of_schools = markers[markers["school_id"].notna()]
    assert not of_schools.duplicated(["school_id", "subject", "marker"]).any()
    assert of_schools["grade"].isna().all()


def test_no_marker_stands_on_fewer_than_six_pupils_and_n_are_pupils_not_papers(planted, verdict):
    now = planted.tables["results"].query("school_year == '2023-24'")
    pupils = now.groupby("school_id")["pupil_id"].nunique()
    own = verdict.markers.dropna(subset=["school_id"])
    assert own["n"].min() >= 6
    assert (own["n"] <= pupils[own["school_id"]].to_numpy()).all()
    present = now.dropna(subset=["primary_score"]).groupby("school_id")["pupil_id"].nunique()
    heaping = own.query("marker == 'heaping' and subject == 'all'").set_index("school_id")["n"]
    assert heaping.to_dict() == present[heaping.index].to_dict()


def test_planted_schools_do_not_hide_in_the_measure_they_widen():
    """A third of biased schools leave the honest ones' p-values where chance puts them."""
    p = []
    for seed in range(4):
        drawn = simulate(SimulationPlan(planted_count=18), seed)
        own = assess(**drawn.tables).markers.query("subject == 'all' and marker == 'break'")
        honest = own[~own["school_id"].isin(drawn.planted["school_id"])].dropna(
            subset=["school_id"]
        )
        p.extend(honest["p"])
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.05)


@pytest.mark.parametrize(
    ("n", "name"), [(50, "informative"), (49, "approximate"), (20, "approximate"), (19, "limited")]
)
def test_tiers(n, name):
    assert tier(n) == name


def test_region_wide_lifting_is_the_municipality_s_and_no_school_s():
    drawn = simulate(SimulationPlan(generator="true_score", school_count=40, planted_count=0), 3)
    results = drawn.tables["results"].copy()
    for row in drawn.tables["scales"].query("procedure == 'vpr'").itertuples():
        for cut in map(int, row.cuts.split(";")):
            is_under = (
                (results["school_year"] == "2023-24")
                & (results["procedure"] == "vpr")
                & (results["subject"] == row.subject)
                & (results["primary_score"] == cut - 1)
            )
            lifted = is_under & (np.random.default_rng(cut).random(len(results)) < 0.6)
            results.loc[lifted, "primary_score"] = cut
    found = assess(**{**drawn.tables, "results": results})
    assert found.municipality["flagged"]
    assert not found.schools["is_flagged"].any()


def test_refusals(planted):
    results = planted.tables["results"]
    with pytest.raises(ValueError, match="no scores"):
        assess(results, school_year="2031-32")
    with pytest.raises(ValueError, match="no scores"):
        assess(results, procedure="rehearsal")
    with pytest.raises(ValueError, match="lack the columns"):
        assess(results.drop(columns="primary_score"))
    with pytest.raises(ValueError, match="q lies"):
        assess(results, q=1.5)
    with pytest.raises(ValueError, match="at most 1000"):
        assess(results.assign(primary_score=results["primary_score"] * 1e6))


@pytest.mark.parametrize("generator", ["irt", "true_score"])
def test_a_clean_municipality_is_mostly_left_alone(generator):
    flagged = [
        assess(**simulate(SimulationPlan(planted_count=0, generator=generator), seed).tables)
        .schools["is_flagged"]
        .sum()
        for seed in range(6)
    ]
    assert sum(count > 0 for count in flagged) <= 2


def test_kinds_are_five():
    assert len(KINDS) == 5
