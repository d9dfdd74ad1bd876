"""Signs of biased results, worded as grounds for review and never as guilt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.catalog.registry import registry_words
from msoko.catalog.registry.mark_scales import Scales
from msoko.core import russian
from msoko.report.block import Block, BlockPart, Details, Figure, Sheet, block, cell
from msoko.report.charts import charts
from msoko.report.data.evidence import Evidence
from msoko.report.data.report_data import EVERY_SUBJECT
from msoko.report.data.suppressed import LEAST_SCHOOLS, shown_counts, shown_rows

if TYPE_CHECKING:
    from msoko.report.data.report_data import ReportData

RATE = 0.10
"""The false discovery rate of the internal work list."""
PAPER = ["subject", "grade"]
LEVEL = 0.05


def verdict(report: ReportData) -> Block:
    """Say how many schools show signs, and list their markers in the internal edition."""
    schools = report.store.read("objectivity_schools", [report.year])
    if schools.empty:
        return report.insufficient(report.say("objectivity.title"), report.say("reason.no_verdict"))
    if report.is_public and len(schools) < LEAST_SCHOOLS:
        reason = report.say("reason.few_published", least=LEAST_SCHOOLS)
        return report.insufficient(report.say("objectivity.title"), reason)
    markers = report.store.read("objectivity_markers", [report.year])
    own = markers[markers["school_id"].fillna("") != ""]
    flagged = schools[schools["is_flagged"].fillna(False)].sort_values("q_bh", kind="stable")
    text = report.say(
        "objectivity.reading",
        count=len(schools),
        rate=RATE,
        markers=own["marker"].nunique(),
        flagged=len(flagged),
    )
    if report.is_public:
        return block(
            text,
            report.say("objectivity.unnamed"),
            report.say("objectivity.caveat"),
            _marker_counts(report, own),
        )
    names = [cell(report.school_name(school)) for school in flagged["school_id"]]
    named = report.say("objectivity.named", names=names) if names else None
    return block(
        text,
        named,
        _flagged(report, flagged, own),
        report.say("objectivity.by_chance") if names else None,
        *_signs(report, flagged, own),
        report.say("objectivity.caveat"),
        _marker_counts(report, own),
    )


def _flagged(report: ReportData, flagged: pd.DataFrame, markers: pd.DataFrame) -> Sheet | None:
    """List the schools with how many of the tests made of each found a sign."""
    if flagged.empty:
        return None
    tests = markers["p"].le(LEVEL).groupby(markers["school_id"]).agg(["sum", "size"])
    rows = [
        [
            cell(report.school_name(row.school_id)),
            _p(row.p_combined),
            report.ledger.cite(_evidence(report, row, _tests(tests, row.school_id)["made"])),
            _p(row.q_by),
            report.say("objectivity.found_of_tests", **_tests(tests, row.school_id)),
        ]
        for row in flagged.itertuples()
    ]
    head = report.heads("school", "combined_p", "q_hochberg", "q_yekutieli", "found_of_tests")
    caption = report.say("objectivity.flagged", year=report.year)
    return report.sheet(head, rows, caption, "flagged", "lrrrr")


def _tests(tests: pd.DataFrame, school: str) -> dict[str, int]:
    """Return how many tests of a school found a sign, and how many were made."""
    found, made = tests.loc[school]
    return {"found": int(found), "made": int(made)}


def _evidence(report: ReportData, row: tuple, made: int) -> Evidence:
    return Evidence(
        what=report.say(
            "evidence.objectivity.what", school=report.school_name(row.school_id), year=report.year
        ),
        shown=_p(row.q_bh),
        formula=report.say("evidence.objectivity.formula"),
        n=report.counted("test", made),
        source="msoko.stats.objectivity.assess",
    )


def _signs(report: ReportData, flagged: pd.DataFrame, markers: pd.DataFrame) -> list[BlockPart]:
    """List the markers of the flagged schools that speak against chance.

    First those of all subjects together, then, folded, those of each subject.
    """
    chosen = markers[markers["school_id"].isin(flagged["school_id"]) & (markers["p"] <= LEVEL)]
    is_whole = chosen["subject"] == EVERY_SUBJECT
    whole = _sign_sheet(report, chosen[is_whole], report.say("objectivity.signs"), "signs")
    parts = _sign_sheet(report, chosen[~is_whole], report.say("objectivity.subject_signs"), "")
    folded = report.say("objectivity.subject_signs_folded", count=len(parts.rows))
    return [whole, Details(folded, (parts,))]


def _sign_sheet(report: ReportData, chosen: pd.DataFrame, caption: str, name: str) -> Sheet:
    titles = registry_words.load_objectivity(report.project)
    rows = [
        [
            cell(report.school_name(row.school_id)),
            *([] if name else [cell(report.paper(row.subject, row.grade))]),
            cell(titles.title(row.marker)),
            russian.decimal(row.effect, 2),
            _p(row.p),
            russian.figure(row.n, "persons"),
            cell(titles.tier(row.tier).split(" (")[0]),
        ]
        for row in chosen.sort_values(["school_id", "p"], kind="stable").itertuples()
    ]
    papers = () if name else ("paper",)
    head = report.heads("school", *papers, "marker", "effect", "p", "pupils", "reliability")
    return report.sheet(head, rows, caption, name, "l" * (len(head) - 4) + "rrrl")


def _marker_counts(report: ReportData, markers: pd.DataFrame) -> Sheet:
    """Count how often each marker could be computed, and how often it spoke."""
    titles = registry_words.load_objectivity(report.project)
    rows = []
    for marker, part in markers.groupby("marker", sort=True):
        rows.append(
            [
                cell(titles.title(marker)),
                russian.figure(part["school_id"].nunique(), "persons"),
                russian.figure(len(part), "persons"),
                russian.figure((part["p"] <= LEVEL).sum(), "persons"),
            ]
        )
    head = report.heads("marker", "school_count", "test_count", "below_level")
    return report.sheet(head, rows, report.say("objectivity.tested"), "markers")


def _p(value: float) -> str:
    """Return a probability as printed; a very small one is bounded, not rounded to zero."""
    if pd.isna(value):
        return russian.NOTHING
    return "< 0,001" if value < 0.001 else russian.decimal(value, 3)


def score_distribution(report: ReportData) -> Block:
    """Draw the largest paper's scores, and say what the test for heaping found."""
    results = report.store.read(
        "results", [report.year], ["procedure", "subject", "grade", "primary_score", "max_score"]
    )
    vpr = results[results["procedure"] == "vpr"].dropna(subset=["primary_score"])
    if vpr.empty:
        return report.insufficient(report.say("distribution.title"), report.say("reason.no_papers"))
    subject, grade = vpr.groupby(PAPER).size().idxmax()
    paper = vpr[(vpr["subject"] == subject) & (vpr["grade"] == grade)]
    top = int(paper["max_score"].max())
    scale = Scales.load(report.project).find(report.year, "vpr", subject, int(grade), top)
    cuts = [int(cut) for cut in scale.cuts] if scale and scale.gives_marks else []
    figure = _distribution(report, report.paper(subject, grade), paper["primary_score"], top, cuts)
    return block(
        report.say("distribution.reading", figure="@fig-distribution"),
        _heaping(report),
        report.say("distribution.hidden") if report.is_public else None,
        figure,
    )


def _distribution(
    report: ReportData, paper: str, scores: pd.Series, top: int, cuts: list[int]
) -> Figure:
    counts = np.bincount(scores.astype(int), minlength=top + 1)
    shown = shown_counts(counts.tolist()) if report.is_public else [True] * len(counts)
    shares = np.where(shown, 100 * counts / counts.sum(), 0.0)
    axes = (report.say("chart.primary_score"), report.say("chart.participant_share"))
    drawn = charts.distribution(list(range(top + 1)), shares.tolist(), cuts, *axes)
    rows = [
        [
            str(score),
            str(count) if is_shown else russian.NOTHING,
            russian.decimal(share) if is_shown else russian.NOTHING,
        ]
        for score, (count, share, is_shown) in enumerate(zip(counts, shares, shown, strict=True))
    ]
    head = report.heads("score", "participant_count", "share_percent")
    behind = report.sheet(head, rows, report.say("distribution.title"), "", "rrr")
    return Figure(
        drawn,
        report.say("distribution.caption", paper=cell(paper), year=report.year),
        report.say("distribution.alternative", paper=paper),
        "distribution",
        report.behind(behind),
    )


def _heaping(report: ReportData) -> str:
    markers = report.store.read("objectivity_markers", [report.year])
    is_heaping = markers["marker"].eq("heaping") & markers["grade"].notna()
    own = markers[markers["school_id"].fillna("").eq("") & is_heaping]
    if own.empty:
        return report.say("distribution.no_test", reason=report.say("reason.no_scale"))
    told = own[own["p"] <= LEVEL / len(own)]
    if told.empty:
        return report.say("distribution.untold")
    papers = [
        f"{cell(report.paper(row.subject, row.grade))} (p {_sign(row.p)})"
        for row in told.itertuples()
    ]
    return report.say("distribution.told", papers=papers)


def _sign(value: float) -> str:
    return _p(value) if value < 0.001 else f"= {_p(value)}"


def journal(report: ReportData) -> Block:
    """Set marks against the journal, the municipality beside the region."""
    rows = report.store.read("journal_comparison", [report.year])
    own = rows[rows["group_level"] == "municipality"]
    if own.empty:
        return report.insufficient(report.say("journal.title"), report.say("reason.no_journal"))
    if report.is_public:
        own = own[shown_rows(own[["lowered_count", "confirmed_count", "raised_count"]])]
        if own.empty:
            return report.insufficient(report.say("journal.title"), report.say("reason.hidden"))
    total = own[["lowered_count", "confirmed_count", "raised_count", "participant_count"]].sum()
    said = [_counted(report, total, name) for name in ("lowered", "confirmed", "raised")]
    region = rows[rows["group_level"] == "region"]
    text = report.say(
        "journal.reading",
        lowered=said[0],
        same=said[1],
        raised=said[2],
        n=russian.decimal(int(total["participant_count"]), 0),
        region=_region(report, region),
    )
    return block(text, _journal_table(report, own, region))


def _counted(report: ReportData, total: pd.Series, name: str) -> str:
    count, n = int(total[f"{name}_count"]), int(total["participant_count"])
    return report.ledger.cite(
        Evidence(
            what=report.say(
                "evidence.journal.what", what=report.say(f"journal.{name}"), year=report.year
            ),
            shown=russian.amount(count / n if n else None, "percent"),
            formula=report.say("evidence.journal.formula"),
            numerator=str(count),
            denominator=str(n),
            n=str(n),
            source=report.say("evidence.journal.source"),
        )
    )


def _region(report: ReportData, region: pd.DataFrame) -> str:
    n = region["participant_count"].sum()
    if not n:
        return report.say("journal.no_region")
    return " / ".join(
        russian.amount(float(region[f"{name}_count"].sum() / n), "percent")
        for name in ("lowered", "confirmed", "raised")
    )


def _journal_table(report: ReportData, own: pd.DataFrame, region: pd.DataFrame) -> Sheet:
    lowered = region.set_index(PAPER)["lowered_percent"]
    rows = []
    for row in own.sort_values(PAPER, kind="stable").itertuples():
        reference = lowered.get((row.subject, row.grade), float("nan"))
        rows.append(
            [
                cell(report.paper(row.subject, row.grade)),
                russian.figure(row.participant_count, "persons"),
                russian.decimal(row.lowered_percent),
                russian.decimal(row.confirmed_percent),
                russian.decimal(row.raised_percent),
                russian.figure(reference, "points"),
            ]
        )
    columns = ("paper", "participant_count", "below_journal", "same_percent", "above_journal",
               "region_below_journal")  # fmt: skip
    caption = report.say("journal.caption", year=report.year)
    return report.sheet(report.heads(*columns), rows, caption, "journal")
