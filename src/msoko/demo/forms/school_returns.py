"""The forms that schools and preschools fill in, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from msoko.catalog.registry.form_declarations import Form, Item
from msoko.demo.forms.expected_levels import Level, read_levels
from msoko.demo.papers.exam_results import ExamOutcome
from msoko.demo.papers.planted_anomalies import PLANTED
from msoko.demo.papers.sittings import World
from msoko.demo.population.pupils import sitting
from msoko.demo.population.random_draws import stream
from msoko.demo.population.roster import DemoSchool

Figures = dict[str, float]
PUPILS_PER_TEACHER = 12.5
SUPPORTED, MENTORS = ("s007", "s010", "s015", "s017"), ("s003", "s005")
NO_FIGURE = 0.006
"""The share of cells that a school leaves empty."""
SMALLEST_FOR_GROWTH_POINT = 60


def counts(world: World, year: int) -> dict[str, Figures]:
    """Return the known numbers of each school that is open in the year."""
    found: dict[str, Figures] = {
        school.school_id: {"pupils": 0.0} for school in world.open_schools(year)
    }
    for grade in range(1, 12):
        here = sitting(world.pupils, world.schools, year, grade)
        for school_id, number in here["school_id"].value_counts().items():
            if school_id in found:
                found[str(school_id)][str(grade)] = float(number)
    for figures in found.values():
        spans = {"pupils": (1, 11), "p14": (1, 4), "p59": (5, 9), "p1011": (10, 11),
                 "p15": (1, 5), "p611": (6, 11), "g9": (9, 9), "g11": (11, 11)}  # fmt: skip
        for name, (low, high) in spans.items():
            figures[name] = sum(figures.get(str(grade), 0) for grade in range(low, high + 1))
        figures["staff"] = max(2.0, round(figures["pupils"] / PUPILS_PER_TEACHER + 2))
    for preschool in world.preschools:
        growth = 1 - 0.01 * (year - 2022)
        children = float(round(preschool.size * growth))
        found[preschool.school_id] = {
            "pupils": children, "staff": max(2.0, round(children / 9)),
            "groups": max(1.0, round(children / 21)),
        }  # fmt: skip
    return found


def returned(
    world: World,
    form: Form,
    school: DemoSchool,
    year: int,
    known: Figures,
    facts: Mapping[str, float],
) -> dict[str, object]:
    """Return what a school writes into a form: item code → cell.

    `facts` are figures that other files of the year already hold, so that they agree.
    """
    values: dict[str, object] = {}
    held = dict(known) | dict(facts)
    own = stream(world.seed, "form", form.code, school.school_id)
    draw = stream(world.seed, "form", form.code, school.school_id, year)
    lines = {line.item: line for line in read_levels(form.code)}
    for item in form.items:
        nature = own.normal()
        fixed = own.random()
        if item.code in facts:
            values[item.code] = _typed(item, facts[item.code])
        elif item.code in lines:
            line = lines[item.code]
            value = _drawn(item, line, school, year, held, nature, fixed, draw)
            held[item.code] = value
            values[item.code] = _typed(item, value)
        if item.code not in facts and not item.required and draw.random() < NO_FIGURE:
            values.pop(item.code, None)
    return values


def _drawn(
    item: Item,
    line: Level,
    school: DemoSchool,
    year: int,
    held: Mapping[str, float],
    nature: float,
    fixed: float,
    draw: np.random.Generator,
) -> float:
    quality = 2 * school.effect + 0.4 * nature
    mean = line.mean(school.context, quality, year)
    if item.words:
        return fixed - mean
    if line.base == "=":
        scale = 0.04 * abs(line.level) * draw.normal()
        # below one per cent a return reads like a share, which the form refuses
        least = 1.0 if item.type == "percent" else item.min
        return max(least, mean + scale)
    if line.base == "~":
        return float(draw.poisson(max(0.0, mean) * held["pupils"] / 400))
    whole = int(held[line.base])
    share = float(np.clip(mean + 0.15 * mean * (1 - mean) * nature, 0.0, 1.0))
    return float(draw.binomial(whole, share)) if whole else 0.0


def _typed(item: Item, value: float) -> object:
    """Return the cell as a school would write it: a word, a whole number, a rounded one."""
    if item.words:
        words = list(item.words)
        if len(words) == 2:
            return words[0] if value < 0 else words[1]
        return words[0] if value < 0 else words[1] if value < 0.25 else words[2]
    top = item.most if item.most is not None else value
    value = min(max(value, item.min), top)
    if item.type == "int":
        return round(value)
    return round(value, 1)


def facts_of(
    form: str, school: DemoSchool, year: int, known: Figures, outcomes: Mapping[str, Figures]
) -> Figures:
    """Return the figures of a form that must agree with the year's other files."""
    exams = outcomes.get(school.school_id, {})
    match form:
        case "student_outcomes":
            return _of(exams, "ege_80_plus", "ege_100")
        case "low_results":
            return {
                "in_support_project": _answer(school.school_id in SUPPORTED),
                "is_mentor_school": _answer(school.school_id in MENTORS),
            }
        case "talents":
            younger = sum(known.get(str(grade), 0) for grade in (1, 2, 3))
            return _growth_point(school, known) | {
                "olympiad_eligible": known["pupils"] - younger,
                "olympiad_school_stage": exams.get("olympiad_school", 0.0),
            }
        case "heads":
            facts = {"staff_total": known["staff"], "objectivity_signs": _signs(school, year)}
            return facts | _of(exams, "basic_level", "high_level")
        case "career_guidance":
            return _heads(form, known) | {"chose_informatics": exams.get("ИНФ", 0.0)}
    return _heads(form, known)


def _heads(form: str, k: Figures) -> Figures:
    """Return what a form takes from the number of pupils and staff alone."""
    match form:
        case "oo1":
            return {
                "pupils_total": k["pupils"], "pupils_primary": k["p14"], "pupils_basic": k["p59"],
                "pupils_senior": k["p1011"], "graduates_9": k["g9"], "graduates_11": k["g11"],
                "teachers_total": k["staff"],
                "class_count": sum(-(-k.get(str(grade), 0) // 27) for grade in range(1, 12)),
            }  # fmt: skip
        case "career_guidance":
            return {
                "pupils_6_11": k["p611"], "pupils_1_5": k["p15"], "graduates_9": k["g9"],
                "graduates_11": k["g11"], "graduates_now": k["g11"],
                "exam_takers": k["g9"] + k["g11"],
            }  # fmt: skip
        case "teachers":
            return {"staff_total": k["staff"]}
        case "upbringing":
            return {"pupils_total": k["pupils"]}
        case "preschool":
            return {"children_total": k["pupils"], "group_count": k["groups"],
                    "staff_total": k["staff"]}  # fmt: skip
    return {}


def _of(figures: Figures, *names: str) -> Figures:
    return {name: figures[name] for name in names if name in figures}


def _signs(school: DemoSchool, year: int) -> float:
    """Return how many signs of bias the department had found by the year before."""
    return float(sum(a.school_id == school.school_id and a.since < year for a in PLANTED))


def _answer(is_so: bool) -> float:
    """Return what `_typed` turns into «да» or «нет»: below zero is «да»."""
    return -1.0 if is_so else 1.0


def _growth_point(school: DemoSchool, known: Figures) -> Figures:
    if school.location != "rural" or known["pupils"] < SMALLEST_FOR_GROWTH_POINT:
        return {}
    lessons = 900 + known["pupils"] * 6
    held = stream(0, "growth", school.school_id).uniform(0.2, 0.45)
    return {"growth_point_subject_lessons": lessons, "growth_point_lessons": lessons * held}


def exam_figures(outcomes: Sequence[ExamOutcome]) -> dict[str, Figures]:
    """Return per school what the exams of the year say about it."""
    found: dict[str, Figures] = {}
    for outcome in outcomes:
        exam = outcome.exam
        for school_id, results in outcome.pupils.groupby("school_id")["result"]:
            of = found.setdefault(str(school_id), {})
            if exam.label == "ИНФ":
                of["ИНФ"] = of.get("ИНФ", 0) + len(results)
            is_scored = not exam.has_marks
            passed = results >= (exam.minimum if is_scored else 3)
            high = results >= (80 if is_scored else 5)
            if is_scored:
                of["ege_80_plus"] = of.get("ege_80_plus", 0) + float(high.sum())
                of["ege_100"] = of.get("ege_100", 0) + float((results == 100).sum())
            for name, flags in (("works", passed | True), ("passed", passed), ("high", high)):
                of[name] = of.get(name, 0) + float(flags.sum())
    for of in found.values():
        of["basic_level"] = round(100 * of["passed"] / of["works"], 1)
        of["high_level"] = round(100 * of["high"] / of["works"], 1)
    return found
