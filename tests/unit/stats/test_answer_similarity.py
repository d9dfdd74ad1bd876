"""Answer similarity: size under independence, power against copying, memory, refusals."""

import tracemalloc

import numpy as np
import pytest

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.objectivity.answer_similarity import (
    class_similarity,
    normal_equivalent,
    schools_from_classes,
)


def answers(rng, classes=40, size=24, tasks=15):
    ability = rng.normal(size=classes * size)
    difficulty = rng.normal(size=tasks)
    top = np.tile([1, 2, 1], tasks)[:tasks]
    chance = 1 / (1 + np.exp(difficulty - ability[:, None]))
    return rng.binomial(top, chance).astype(float), np.repeat(np.arange(classes), size)


def test_independent_classes_have_standard_scores():
    rng = np.random.default_rng(31)
    z = np.concatenate([class_similarity(*answers(rng), 40).z for _ in range(25)])
    assert np.mean(z > 1.645) == pytest.approx(0.05, abs=0.02)
    assert np.mean(z) == pytest.approx(0, abs=0.12)


def test_small_classes_keep_their_size():
    rng = np.random.default_rng(32)
    z = np.concatenate(
        [class_similarity(*answers(rng, classes=80, size=6), 80).z for _ in range(15)]
    )
    assert np.mean(z > 1.645) == pytest.approx(0.05, abs=0.025)


def test_ability_alone_makes_no_class_alike():
    """Classes streamed by ability share totals, not departures from them."""
    rng = np.random.default_rng(33)
    points, classes = answers(rng)
    streamed = points[np.argsort(points.sum(axis=1), kind="stable")]
    assert np.nanmean(class_similarity(streamed, classes, 40).z) < 1


def test_copying_within_a_class_is_seen():
    rng = np.random.default_rng(34)
    points, classes = answers(rng)
    source, copiers = points[20], np.arange(0, 12)
    copied = rng.random((12, 15)) < 0.7
    points[copiers] = np.where(copied, source, points[copiers])
    found = class_similarity(points, classes, 40)
    assert int(np.nanargmax(found.z)) == 0
    assert found.z[0] > 3


def test_shared_blanks_count_as_answers():
    rng = np.random.default_rng(35)
    points, classes = answers(rng)
    points[:24, 3:6] = np.nan
    assert class_similarity(points, classes, 40).z[0] > 5


def test_classes_under_four_have_no_score():
    rng = np.random.default_rng(36)
    points, classes = answers(rng)
    classes[0:3] = 40
    found = class_similarity(points, classes, 41)
    assert np.isnan(found.z[40])
    assert found.n[40] == 3


def test_too_few_pupils_tasks_or_variation_are_refused():
    rng = np.random.default_rng(37)
    points, classes = answers(rng, classes=2)
    assert class_similarity(points, classes, 2).reason is Reason.TOO_FEW
    wide, classes = answers(rng, tasks=3)
    assert class_similarity(wide, classes, 40).reason is Reason.TOO_FEW
    same = class_similarity(np.ones((80, 6)), np.repeat(np.arange(4), 20), 4)
    assert same == NotEstimable(Reason.NO_VARIATION, 80)


def test_memory_grows_with_pupils_and_not_with_pairs():
    rng = np.random.default_rng(38)
    points, classes = answers(rng, classes=400, size=25, tasks=25)
    tracemalloc.start()
    class_similarity(points, classes, 400)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80e6  # 10,000 pupils: all pairs would take 400 MB as floats


def test_a_shared_teacher_everywhere_is_taken_in_by_the_spread_of_classes():
    rng = np.random.default_rng(39)
    pairs = np.full(60, 276.0)
    likeness = rng.normal(0.3, 0.15, 60)
    found = schools_from_classes(likeness * pairs, pairs, np.arange(60), 60)
    assert np.mean(found.p <= 0.05) == pytest.approx(0.05, abs=0.1)
    assert found.effect.mean() == pytest.approx(0, abs=0.1)


def test_one_alike_class_of_a_large_school_is_enough():
    rng = np.random.default_rng(40)
    pairs = np.full(60, 276.0)
    likeness = rng.normal(0.0, 0.06, 60)
    likeness[0] = 0.8
    school = np.repeat(np.arange(15), 4)
    found = schools_from_classes(likeness * pairs, pairs, school, 15)
    assert int(np.argmin(found.p)) == 0
    assert found.p[0] < 1e-3


def test_normal_equivalent_without_skewness_is_the_value_itself():
    assert normal_equivalent([1.0, 2.0], [0.0, 0.0]) == pytest.approx([1.0, 2.0], abs=1e-6)
