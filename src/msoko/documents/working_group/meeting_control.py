"""What the group controls: last year's decisions, the roadmap, the quality of data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msoko.catalog.meetings.meeting_file import Resolution
from msoko.core import russian
from msoko.documents.working_group.meeting_topics import Topic, direction_topic, rapporteur
from msoko.documents.working_group.meeting_words import plain
from msoko.report.sections.cycle.decision_effects import OUTCOMES, effect_of, measured_decisions
from msoko.report.sections.pages import roadmap_page as blocks
from msoko.report.sections.pages.told_effects import effect_sentence

if TYPE_CHECKING:
    from msoko.catalog.registry.wording import Wording
    from msoko.report.data.judged_data import JudgedData
    from msoko.report.sections.pages.roadmap_year import RoadmapYear

EFFECT, ROADMAP, QUALITY = "effect", "roadmap", "quality"
MOST_NAMED = 4


def effect_topic(report: JudgedData, words: Wording) -> Topic | None:
    """Return what last year's decisions changed, one by one; None where there were none."""
    outcomes: Counter[str] = Counter()
    bases: list[str] = []
    for direction in report.directions:
        other = report.beside(direction)
        for one in measured_decisions(other):
            told = effect_of(other, one)
            outcomes[told.outcome] += 1
            bases.append(plain(effect_sentence(other, one, told)))
    if not bases:
        return None
    last = report.year.shifted(-1)
    counts = {key: outcomes[key] for key in OUTCOMES}
    untold = len(bases) - sum(counts.values())
    total = words.say("effect.count", year=last, count=len(bases), untold=untold, **counts)
    points = [words.say("effect.note_reached")] if outcomes["reached"] else []
    points += [words.say("effect.keep")] if outcomes.total() > outcomes["reached"] else []
    return Topic(
        about=EFFECT,
        title=words.say("title.effect", year=last),
        rapporteur=rapporteur(words, EFFECT),
        bases=[total, *bases, words.say("effect.caveat")],
        points=[_department(words, text) for text in points],
    )


def _department(words: Wording, text: str) -> Resolution:
    return Resolution(text=text, addressee=words.say("addressee.department"))


def roadmap_topic(report: JudgedData, words: Wording) -> Topic | None:
    """Return how far the roadmap is done and whose returns are late; None without a roadmap."""
    found = blocks.of(report)
    if not found.measures:
        return None
    bases, points = [words.say("roadmap.no_returns")], []
    if found.as_of is not None:
        bases = [_status(words, found), *_discipline(words, found)]
        points = [*_missing(words, found), *_undone(words, found)]
    return Topic(
        about=ROADMAP,
        title=words.say("title.roadmap"),
        rapporteur=rapporteur(words, ROADMAP),
        bases=bases,
        points=points,
    )


def _status(words: Wording, found: RoadmapYear) -> str:
    said = Counter(blocks.reported(found, task) for task in found.own)
    share = russian.amount(said["done"] / len(found.own), "percent") if found.own else "–"
    return words.say(
        "roadmap.status",
        measures=len(found.own),
        as_of=f"{found.as_of:%d.%m.%Y}",
        share=share,
        **{key: said[key] for key in ("done", "in_progress", "not_done", "unknown")},
    )


def _discipline(words: Wording, found: RoadmapYear) -> list[str]:
    if not found.expected:
        return []
    missing = sum(one.returned_on is None for one in found.overdue)
    late = len(found.overdue) - missing
    said = [words.say("roadmap.late", expected=len(found.expected), late=late, missing=missing)]
    slow = Counter(one.measure.responsible for one in found.overdue).most_common(MOST_NAMED)
    names = [words.say("roadmap.responsible_one", name=name, count=number) for name, number in slow]
    return said + ([words.say("roadmap.responsible", names=names)] if names else [])


def _missing(words: Wording, found: RoadmapYear) -> list[Resolution]:
    absent = [one.measure.responsible for one in found.overdue if one.returned_on is None]
    if not absent:
        return []
    names = list(dict.fromkeys(absent))
    text = words.say("roadmap.return_missing", count=len(absent), names=names)
    return [Resolution(text=text, addressee=words.say("roadmap.addressee"))]


def _undone(words: Wording, found: RoadmapYear) -> list[Resolution]:
    undone = [task for task in found.own if blocks.reported(found, task) == "not_done"]
    if not undone:
        return []
    numbers = [task.measure.number.strip(". ") or task.measure.code for task in undone]
    text = words.say("roadmap.undone", numbers=numbers)
    return [Resolution(text=text, addressee=words.say("roadmap.addressee"))]


def quality_topic(report: JudgedData, words: Wording) -> Topic | None:
    """Return what the checks of the year's data found; None where they found nothing."""
    rows = report.store.read("findings", [report.year])
    grave = rows[rows["severity"].isin(("blocking", "set_aside", "warning"))]
    if grave.empty:
        return None
    severities = rows["severity"].value_counts()
    counts = {key: int(severities.get(key, 0)) for key in ("blocking", "warning", "note")}
    checks = grave["check"].value_counts().head(MOST_NAMED)
    named = [
        words.say("quality.check", title=report.check_title(str(code)).lower(), count=int(number))
        for code, number in checks.items()
    ]
    bases = [words.say("quality.counts", **counts), words.say("quality.checks", names=named)]
    schools = int(grave["school_id"].dropna().nunique()) if "school_id" in grave else 0
    points: Sequence[Resolution] = ()
    if schools:
        bases.append(words.say("quality.schools", count=schools))
        text = words.say("quality.fix", count=schools)
        points = [Resolution(text=text, addressee=words.say("addressee.organisations"))]
    return Topic(
        about=QUALITY,
        title=words.say("title.quality", year=report.year),
        rapporteur=rapporteur(words, QUALITY),
        bases=bases,
        points=points,
    )


def topics(report: JudgedData, words: Wording) -> list[Topic]:
    """Return the year's topics: what was decided and planned, the directions, the data.

    Control of decisions comes first (пункт 5.1 положения), then coordination of the roadmap
    and results by direction (пункт 3.1), in the order of the profile's directions.
    """
    found = [effect_topic(report, words), roadmap_topic(report, words)]
    rows = report.store.read("recommendations", [report.year])
    start = 1
    for direction in report.directions:
        own = rows[rows["direction"] == direction.direction]
        if len(own):
            topic = direction_topic(report.beside(direction), words, own, start)
            start += len(topic.annex)
            found.append(topic)
    found.append(quality_topic(report, words))
    return [topic for topic in found if topic is not None]
