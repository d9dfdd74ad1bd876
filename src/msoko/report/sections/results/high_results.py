"""High results of graduates: medals, 80 points and more, 100 points; and who vouches for them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from msoko.core import russian
from msoko.indicators.values.interval_rules import share_of_persons, share_of_schools
from msoko.report.block import Block, Sheet, block, cell
from msoko.report.data.evidence import Evidence
from msoko.report.data.report_data import LEAST_COUNT
from msoko.report.sections.results.procedure_pairs import papers_sat

if TYPE_CHECKING:
    from msoko.report.data.report_data import ReportData
    from msoko.stats.estimators.estimate import Estimate, NotEstimable

FORM = "student_outcomes"
HIGH, HIGHEST, MEDAL = 80, 100, 70
OF = {"medal_candidates": "", "medals": "medal_candidates", "medals_confirmed": "medals"}
"""What schools return of medals, each with the whole that it is a part of."""
SCORES = ("papers_80", "graduates_80", "papers_100", "graduates_100")
RETURNED = ("medal_candidates", "medals", "medals_confirmed", "ege_80_plus", "ege_100")


@dataclass(frozen=True)
class ShareCounts:
    """A count, and the part and the whole of its share, if it has one.

    The count is NaN where nobody said how many: that is not none.
    """

    count: float
    part: float = 0
    whole: float = 0
    estimate: Estimate | NotEstimable | None = None


def high_results(report: ReportData) -> Block:
    """Set out medals as schools return them, and high exam scores as protocols hold them."""
    scored, returned = _scored(report, report.year), _returned(report, report.year)
    if scored.empty and returned.empty:
        title = report.say("high.title")
        return report.insufficient(title, report.say("high.nothing"))
    return block(
        report.say("high.reading", medal=MEDAL),
        _medals(report, returned),
        _scores(report, scored),
        _by_subject(report, scored),
        None if report.is_public else _agreed(report, scored, returned),
        report.say("high.caveat"),
    )


def _scored(report: ReportData, year: object) -> pd.DataFrame:
    """Return the year's ЕГЭ results on the scale of 100."""
    rows = papers_sat(report, year)
    return rows[(rows["procedure"] == "ege") & rows["test_score"].notna()]


def _returned(report: ReportData, year: object) -> pd.DataFrame:
    """Return what each school returned of medals and high scores, a row a school."""
    rows = report.store.read("monitoring", [year])
    rows = rows[(rows["form"] == FORM) & rows["item"].isin(RETURNED)]
    wide = rows.pivot_table(index="school_id", columns="item", values="value", aggfunc="max")
    return wide.reindex(columns=list(RETURNED))


def _medals(report: ReportData, returned: pd.DataFrame) -> Sheet | str:
    if returned[["medal_candidates", "medals"]].notna().sum().sum() == 0:
        return report.say("high.no_medals")
    before, source = _last(report, _returned), report.say("high.form")
    rows = [
        _row(
            report,
            report.say(f"high.{item}"),
            None if before is None else _part(before, item),
            _part(returned, item),
            source,
        )
        for item in OF
    ]
    caption = report.say("high.medals_caption", year=report.year)
    return report.sheet(_head(report), rows, caption, "medals", "lrrlr")


def _part(returned: pd.DataFrame, item: str) -> ShareCounts:
    """Return an item's sum, and the part and whole of its share: schools that returned both."""
    count, whole = float(returned[item].sum(min_count=1)), OF[item]
    if not whole:
        return ShareCounts(count)
    both = returned.dropna(subset=[item, whole])
    parts = dict(zip(both.index, both[[item, whole]].to_numpy(float).tolist(), strict=True))
    is_share = bool((both[item] <= both[whole]).all())
    told = share_of_schools(parts) if is_share else None
    return ShareCounts(count, float(both[item].sum()), float(both[whole].sum()), told)


def _last(report: ReportData, read: object) -> pd.DataFrame | None:
    last = report.year.shifted(-1)
    return read(report, last) if last in report.years else None


def _head(report: ReportData) -> list[str]:
    years = (str(report.year.shifted(-1)), str(report.year))
    return [*report.heads("indicator"), *years, *report.heads("share_with_interval", "n")]


def _row(
    report: ReportData, title: str, before: ShareCounts | None, now: ShareCounts, source: str
) -> list[str]:
    """Return a count with its share of the whole; the public edition hides few and their rest."""
    hidden = report.say("verdict.hidden")
    last = russian.NOTHING if before is None else russian.figure(before.count, "persons")
    if before is not None and _is_hidden(report, before):
        last = hidden
    if _is_hidden(report, now):
        return [title, last, hidden, russian.NOTHING, russian.NOTHING]
    if math.isnan(now.count):
        return [title, last, *[russian.NOTHING] * 3]
    if now.whole <= 0 or now.part > now.whole:  # a part beyond its whole is no share
        return [title, last, _cite(report, title, now, source, ""), *[russian.NOTHING] * 2]
    told, interval = now.estimate, ""
    if told is not None and told.is_estimable:
        interval = russian.span(told.low, told.high, "percent")
    share = f"{russian.amount(now.part / now.whole, 'percent')} ({interval or russian.NOTHING})"
    number = _cite(report, title, now, source, interval)
    return [title, last, number, share, russian.decimal(now.whole, 0)]


def _is_hidden(report: ReportData, one: ShareCounts) -> bool:
    counts = (one.count, one.part, one.whole - one.part)
    return report.is_public and any(0 < count < LEAST_COUNT for count in counts)


def _cite(report: ReportData, title: str, now: ShareCounts, source: str, interval: str) -> str:
    counted = russian.decimal(now.whole, 0) if now.whole else ""
    is_of_schools = source == report.say("high.form")
    told = Evidence(
        what=report.say("evidence.of_year", what=title, year=report.year),
        shown=russian.decimal(now.count, 0),
        formula=report.say(f"evidence.high.{'of_schools' if is_of_schools else 'of_protocols'}"),
        numerator=russian.decimal(now.part if now.whole else now.count, 0),
        denominator=counted,
        n=counted,
        interval=interval,
        source=source,
    )
    return report.ledger.cite(told)


def _scores(report: ReportData, scored: pd.DataFrame) -> Sheet | str:
    if scored.empty:
        return report.say("high.no_scores")
    before = _last(report, _scored)
    now, last = _counts(scored), None if before is None else _counts(before)
    source = report.say("high.protocols")
    rows = [
        _row(report, report.say(f"high.{name}"), last[name] if last else None, pair, source)
        for name, pair in now.items()
    ]
    caption = report.say("high.scores_caption", year=report.year)
    return report.sheet(_head(report), rows, caption, "high-scores", "lrrlr")


def _counts(scored: pd.DataFrame) -> dict[str, ShareCounts]:
    """Return papers and graduates with high scores, each with how many there are in all.

    A year without papers has no count: nobody sat, or the protocols did not come.
    """
    if scored.empty:
        return dict.fromkeys(SCORES, ShareCounts(math.nan))
    score = scored["test_score"].astype(float)
    best = score.groupby([scored["school_id"], scored["pupil_id"]]).max()
    found = {}
    for name, own, school in (
        ("papers", score, scored["school_id"]),
        ("graduates", best, best.index.get_level_values(0).to_series()),
    ):
        for least in (HIGH, HIGHEST):
            is_high = own >= least
            count, told = int(is_high.sum()), share_of_persons(is_high, school)
            found[f"{name}_{least}"] = ShareCounts(count, count, len(own), told)
    return {name: found[name] for name in SCORES}


def _by_subject(report: ReportData, scored: pd.DataFrame) -> Sheet | None:
    """Return the share of high scores in each subject; none where few sat it."""
    order = {subject: place for place, subject in enumerate(report.subjects)}
    rows, counts = [], []
    for subject, part in scored.groupby("subject", sort=True):
        score = part["test_score"].astype(float)
        high, top = int((score >= HIGH).sum()), int((score == HIGHEST).sum())
        told = share_of_persons(score >= HIGH, part["school_id"])
        counts.append({"high": high, "rest": len(score) - high})
        rows.append((order.get(str(subject), 99), [
            cell(report.paper(subject, None)),
            russian.decimal(len(score), 0),
            russian.decimal(high, 0),
            f"{russian.amount(told.value, 'percent')} "
            f"({russian.span(told.low, told.high, 'percent')})",
            russian.decimal(top, 0),
        ]))  # fmt: skip
    if report.is_public:
        from msoko.report.data.suppressed import shown_rows

        shown = shown_rows(pd.DataFrame(counts)) if counts else []
        # How many had 100 points is a few persons in every subject: the whole tells it.
        rows = [(place, row[:-1]) for (place, row), may in zip(rows, shown, strict=True) if may]
    if not rows:
        return None
    rows.sort(key=lambda one: one[0])
    head = report.heads("subject", "result_count", "from_80", "share_with_interval")
    head += [] if report.is_public else report.heads("at_100")
    caption = report.say("high.subjects_caption", year=report.year)
    body, align = [row for _, row in rows], "lrrlr"[: len(head)]
    return report.sheet(head, body, caption, "high-subjects", align)


def _agreed(report: ReportData, scored: pd.DataFrame, returned: pd.DataFrame) -> str | None:
    """Say whether what schools returned agrees with the protocols, school by school."""
    known = returned["ege_80_plus"].dropna()
    if known.empty or scored.empty:
        return None
    is_high = scored["test_score"].astype(float) >= HIGH
    own = is_high.groupby(scored["school_id"]).sum().reindex(known.index).fillna(0)
    unlike = known.index[known.astype(float) != own.astype(float)]
    names = [cell(report.school_name(school)) for school in unlike]
    return report.say(
        "high.agreed",
        returned=russian.decimal(float(known.sum()), 0),
        counted=russian.decimal(float(own.sum()), 0),
        schools=len(known),
        unlike=len(unlike),
        names=russian.shortened(sorted(names), 8),
    )
