import numpy as np
import pytest
from scipy.spatial.distance import seuclidean

from drawn import table
from msoko.stats.schools.context_distance import context_distances

# Fifteen rows of R's USArrests in the order of Kassambara, "Practical Guide to Cluster Analysis
# in R" (2017), chapter 3, and the first three rows of the matrix that R prints there:
# round(as.matrix(dist(scale(df), method = "euclidean")), 1).
STATES = table("""
    state        | murder | assault | urban | rape
    Iowa         |    2.2 |      56 |    57 | 11.3
    Rhode Island |    3.4 |     174 |    87 |  8.3
    Maryland     |   11.3 |     300 |    67 | 27.8
    Tennessee    |   13.2 |     188 |    59 | 26.9
    Utah         |    3.2 |     120 |    80 | 22.9
    Arizona      |    8.1 |     294 |    80 | 31.0
    Mississippi  |   16.1 |     259 |    44 | 17.1
    Wisconsin    |    2.6 |      53 |    66 | 10.8
    Virginia     |    8.5 |     156 |    63 | 20.7
    Maine        |    2.1 |      83 |    51 |  7.8
    Texas        |   12.7 |     201 |    80 | 25.5
    Louisiana    |   15.4 |     249 |    66 | 22.2
    Montana      |    6.0 |     109 |    53 | 16.4
    Michigan     |   12.1 |     255 |    74 | 35.1
    Arkansas     |    8.8 |     190 |    50 | 19.5
""")
PRINTED = {
    0: [0.0, 2.8, 4.1, 3.3, 2.4, 4.3, 3.9, 0.7, 2.1, 0.7, 3.7, 3.9, 1.2, 4.4, 2.4],
    1: [2.8, 0.0, 3.6, 3.7, 2.0, 3.3, 4.4, 2.2, 2.6, 3.0, 2.9, 3.5, 3.0, 3.9, 3.3],
    2: [4.1, 3.6, 0.0, 1.5, 3.0, 1.3, 2.4, 4.0, 2.1, 4.2, 1.6, 1.2, 3.1, 1.2, 2.2],
}


def values():
    return STATES[["murder", "assault", "urban", "rape"]].to_numpy(float)


@pytest.mark.parametrize("unit", PRINTED)
def test_distances_are_those_that_r_prints(unit):
    told = context_distances(values(), unit) * np.sqrt(4)
    assert told == pytest.approx(PRINTED[unit], abs=0.0501)


@pytest.mark.parametrize("unit", range(15))
def test_distances_are_scipys_standardised_ones(unit):
    known = values()
    spread = known.var(axis=0, ddof=1)
    theirs = [seuclidean(known[unit], row, spread) / np.sqrt(4) for row in known]
    assert context_distances(known, unit) == pytest.approx(theirs, rel=1e-12)


def test_what_is_not_known_of_both_is_left_out_of_the_mean():
    known = np.array([[0.0, 0.0], [1.0, np.nan], [2.0, 10.0], [3.0, 20.0]])
    first, second = known[:, 0].std(ddof=1), np.std([0.0, 10.0, 20.0], ddof=1)
    told = context_distances(known, 0)
    assert told[1] == pytest.approx(1 / first)  # one characteristic of both: no halving
    assert told[2] == pytest.approx(np.sqrt(((2 / first) ** 2 + (10 / second) ** 2) / 2))


def test_a_unit_with_too_little_in_common_has_no_distance():
    known = np.array([[0.0, 1.0, 2.0], [1.0, np.nan, np.nan], [2.0, 3.0, 1.0], [4.0, 0.0, 5.0]])
    told = context_distances(known, 0, least=2)
    assert np.isnan(told[1]) and np.isfinite(told[[0, 2, 3]]).all()


def test_what_is_the_same_for_all_or_hardly_known_does_not_count():
    known = np.array([[1.0, 7.0, np.nan], [2.0, 7.0, np.nan], [4.0, 7.0, 3.0], [5.0, 7.0, 9.0]])
    alone = context_distances(known[:, :1], 0)
    assert context_distances(known, 0) == pytest.approx(alone)


def test_distance_does_not_grow_with_the_number_of_characteristics():
    one = np.random.default_rng(1).normal(size=(40, 1))
    assert context_distances(np.hstack([one] * 6), 3) == pytest.approx(context_distances(one, 3))


def test_units_at_random_stand_about_root_two_apart():
    drawn = np.random.default_rng(7).normal(size=(4000, 8))
    told = np.delete(context_distances(drawn, 0), 0)
    own = np.delete(context_distances(np.vstack([np.zeros(8), drawn]), 0), 0)
    assert np.sqrt((own**2).mean()) == pytest.approx(1.0, abs=0.02)  # the mean from its centre
    pairs = [context_distances(drawn[:200], unit) ** 2 for unit in range(200)]
    assert np.sqrt(np.mean(pairs) * 200 / 199) == pytest.approx(np.sqrt(2), abs=0.02)
    assert told.min() > 0


@pytest.mark.parametrize("shape, unit", [((3,), 0), ((3, 2), 3), ((3, 2), -1)])
def test_what_is_no_table_with_such_a_row_is_refused(shape, unit):
    with pytest.raises(ValueError, match="row"):
        context_distances(np.zeros(shape), unit)
