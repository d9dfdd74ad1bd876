"""Papers, marks and journals look like those of a region."""

import numpy as np
import pytest

from msoko.catalog.registry.mark_scales import Scales
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear
from msoko.demo.papers.exam_results import OGE
from msoko.demo.papers.paper_list import papers_of
from msoko.demo.papers.scoring import FAILING, TOP, curve_of, journal_marks, leave_blank, reference
from msoko.demo.population.random_draws import stream
from msoko.ingest.identity.subject_names import Subjects


def test_streams_are_their_names():
    assert stream(1, "a", 2).random() == pytest.approx(stream(1, "a", 2).random(), abs=0)
    assert stream(1, "a", 2).random() != stream(1, "a", 3).random()
    assert stream(2, "a", 2).random() != stream(1, "a", 2).random()


def test_grade_ten_sits_papers_from_2024():
    assert {paper.grade for paper in papers_of(2023)} == {4, 5, 6, 7, 8}
    assert 10 in {paper.grade for paper in papers_of(2024)}


@pytest.mark.parametrize("paper", papers_of(2024), ids=lambda p: f"{p.label}{p.grade}")
def test_a_paper_is_drawn_from_its_scale(paper):
    maxima = {("РУ", 4): 38, ("МА", 4): 20, ("ОМ", 4): 32, ("РУ", 5): 45, ("МА", 5): 20,
              ("РУ", 6): 51, ("МА", 6): 16, ("РУ", 7): 47, ("МА", 7): 19, ("РУ", 8): 51,
              ("МА", 8): 25}  # fmt: skip
    assert paper.maximum == maxima.get((paper.label, paper.grade), paper.maximum)
    assert sorted(set(paper.marks(np.arange(paper.maximum + 1)))) == [2, 3, 4, 5]
    assert paper.marks(np.array(paper.cuts)).tolist() == [3, 4, 5]
    assert paper.marks(np.array(paper.cuts) - 1).tolist() == [2, 3, 4]


@pytest.mark.parametrize("paper", papers_of(2023), ids=lambda p: f"{p.label}{p.grade}")
def test_the_region_s_marks_are_those_the_paper_was_tuned_to(paper):
    totals = reference(paper, 0.0).sum(axis=1)
    marks = paper.marks(totals)
    # tuned on 700 pupils, drawn for 3000, and the year moves it a little
    assert np.mean(marks == 2) == pytest.approx(FAILING[paper.grade], abs=0.05)
    assert np.mean(marks == 5) == pytest.approx(TOP[paper.grade], abs=0.09)


def test_abler_pupils_score_more_and_leave_less_blank():
    draw = stream(3, "blank")
    standings = np.repeat([-1.5, 1.5], 2000)
    points = np.zeros((4000, 1))
    blank = np.isnan(leave_blank(points, standings, draw)).ravel()
    assert blank[:2000].mean() > 2 * blank[2000:].mean()


def test_journals_are_milder_than_papers():
    paper = next(paper for paper in papers_of(2023) if (paper.label, paper.grade) == ("МА", 6))
    standings = stream(3, "pupils").normal(0, 1, 4000)
    marks = paper.marks(curve_of(paper).answer(standings, stream(3, "answers")).sum(axis=1))
    journal = journal_marks(standings, np.zeros(4000), stream(3, "journal"))
    known = ~np.isnan(journal)
    gaps = np.sign(marks[known] - journal[known])
    assert np.mean(gaps < 0) > 0.2 > np.mean(gaps > 0)


def test_the_demo_and_the_registry_speak_of_the_same_scales():
    scales, subjects = Scales.load(Project(HOME)), Subjects.load(Project(HOME))
    compared = 0
    for paper in papers_of(2024):
        subject = subjects.code(paper.title)
        scale = scales.find(SchoolYear(2024), "vpr", subject, paper.grade)
        if scale is not None and scale.gives_marks:
            assert (scale.max_score, tuple(scale.cuts)) == (paper.maximum, paper.cuts)
            compared += 1
    assert compared == 11, "all but the two papers of grade 10"


def test_exams_with_a_scale_in_the_registry_are_drawn_from_it():
    scales, subjects = Scales.load(Project(HOME)), Subjects.load(Project(HOME))
    compared = []
    for exam in OGE:
        scale = scales.find(SchoolYear(2022), "oge", subjects.code(exam.title), 9)
        if scale is not None and scale.gives_marks:
            assert (scale.max_score, tuple(scale.cuts)) == (exam.most.sum(), exam.cuts)
            compared.append(exam.label)
    assert {"РУ", "МА", "ИС"} <= set(compared)
