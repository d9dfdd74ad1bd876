"""Each planted bias does what its name says, and nothing is planted elsewhere."""

import numpy as np
import pytest

from msoko.demo.papers.paper_list import papers_of
from msoko.demo.papers.planted_anomalies import (
    INFLATION,
    PLANTED,
    Anomaly,
    kept_away,
    lift,
    mimic,
    share,
)
from msoko.demo.papers.scoring import curve_of, journal_marks
from msoko.demo.population.random_draws import stream

PAPER = next(p for p in papers_of(2024) if (p.label, p.grade) == ("РУ", 5))


@pytest.fixture(scope="module")
def honest():
    standings = stream(5, "standings").normal(0, 1, 600)
    return standings, curve_of(PAPER).answer(standings, stream(5, "answers"))


def test_lift_moves_totals_from_under_a_cut_onto_it(honest):
    points = honest[1]
    lifted = lift(points, PAPER, stream(5, "lift"))
    before, after = points.sum(axis=1), lifted.sum(axis=1)
    for cut in PAPER.cuts:
        assert (after == cut).sum() > (before == cut).sum()
        assert (after == cut - 1).sum() < (before == cut - 1).sum()
    assert (after >= before).all()
    assert (after - before).max() <= 2
    assert (lifted <= np.array(PAPER.task_max)).all()


def test_share_makes_answers_of_a_class_alike(honest):
    points = honest[1][:100]
    classes = np.repeat([1, 2, 3, 4], 25)
    shared = share(points, classes, stream(5, "share"))

    def agreement(rows):
        return np.mean([(rows[i] == rows[j]).mean() for i in range(25) for j in range(i)])

    assert agreement(shared[:25]) > agreement(points[:25]) + 0.1


def test_share_leaves_a_class_of_three_alone(honest):
    points = honest[1][:3]
    assert (share(points, np.ones(3), stream(5, "few")) == points).all()


def test_mimic_brings_marks_to_the_journal(honest):
    standings, points = honest
    journal = journal_marks(standings, np.zeros(600), stream(5, "journal"))
    bent = mimic(points, journal, PAPER, stream(5, "mimic"))
    known = ~np.isnan(journal)
    before = (PAPER.marks(points.sum(axis=1)) == journal)[known].mean()
    after = (PAPER.marks(bent.sum(axis=1)) == journal)[known].mean()
    assert after > 0.85 > before
    assert (bent[~known] == points[~known]).all()


def test_the_weak_are_kept_away(honest):
    standings = honest[0]
    away = kept_away(standings, stream(5, "away"))
    assert standings[away].max() <= np.quantile(standings, 0.4)
    assert away.mean() == pytest.approx(0.2, abs=0.05)
    assert kept_away(np.zeros(0), stream(5, "none")).shape == (0,)


def test_each_kind_is_planted_in_one_or_two_schools():
    kinds = [anomaly.kind for anomaly in PLANTED]
    assert set(kinds) == {"lift", "inflate", "share", "absent", "mimic"}
    assert max(kinds.count(kind) for kind in kinds) <= 2
    assert len({anomaly.school_id for anomaly in PLANTED}) == len(PLANTED)


def test_an_anomaly_holds_from_its_year_in_its_subjects():
    anomaly = Anomaly("lift", "s001", 2024, ("РУ",))
    assert anomaly.holds(PAPER)
    assert not any(anomaly.holds(p) for p in papers_of(2023))
    assert not any(anomaly.holds(p) for p in papers_of(2024) if p.label == "МА")
    assert INFLATION > 0.5
