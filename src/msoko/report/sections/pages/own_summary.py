"""Blocks of the annual summary that only this municipality's founding document asks for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pandas as pd

from msoko import catalog
from msoko.catalog.municipality.region_best import BEST_FILE
from msoko.core import russian
from msoko.report.block import Block, Prose, Sheet, anchor, block, cell
from msoko.report.sections.pages.year_summary import YearChange, grouped, judged_changes, target

if TYPE_CHECKING:
    from msoko.catalog import Direction, Indicator, RegionBest, SummaryBlock, SummaryItem
    from msoko.report.data.indicator_line import IndicatorLine
    from msoko.report.data.indicator_rows import Row
    from msoko.report.data.judged_data import JudgedData


@dataclass(frozen=True)
class SummaryData:
    """What the lines of blocks are looked up in."""

    report: JudgedData
    declared: dict[str, tuple[Direction, Indicator]]
    readings: dict[str, JudgedData]
    told: dict[tuple[str, IndicatorLine], YearChange]
    best: dict[str, RegionBest]

    @classmethod
    def of(cls, report: JudgedData) -> SummaryData:
        return cls(
            report,
            catalog.indicators_by_code(report.directions),
            {one.direction.direction: one for one in report.siblings},
            judged_changes(report),
            catalog.load_region_best(
                report.project, report.profile, report.directions, report.year
            ),
        )

    def lines(self, code: str) -> list[tuple[JudgedData, IndicatorLine, Row | None]]:
        """Return an indicator's lines, each with its row of the year if there is one."""
        reading = self.readings[self.declared[code][0].direction]
        found = []
        for line in reading.lines(code):
            found.append((reading, line, reading.line_row(line)))
        return found


def own_summary(report: JudgedData) -> Block:
    """Set out the profile's own blocks in the words of its document; what lacks data says so."""
    blocks = report.profile.summary_blocks
    if not blocks:
        return block(report.say("own.none"))
    data = SummaryData.of(report)
    return Block(tuple(part for one in blocks for part in _block(data, one).parts))


def _block(data: SummaryData, declared: SummaryBlock) -> Block:
    report = data.report
    seed = declared.seed
    absent = sum(not _is_computed(data, item) for item in declared.items)
    source = report.say(
        "own.source", document=cell(report.profile.document), section=_section(report, seed)
    )
    counts = report.say(
        "own.counts",
        lines=len(declared.items),
        computed=len(declared.items) - absent,
        absent=absent,
    )
    parts = dict.fromkeys(item.part for item in declared.items)
    sheets = [_sheet(data, declared, part) for part in parts]
    about = f"{cell(declared.about)} {counts}" if declared.about else counts
    points = _about_points(data, declared) if declared.kind == "motivating" else None
    return block(Prose(f"### {cell(declared.title)}"), about, *sheets, points, source)


def _section(report: JudgedData, seed: object) -> str:
    if seed is None or not seed.section:
        return ""
    section = str(seed.section)
    is_number = section[:1].isdigit()
    return cell(report.say("own.section", section=section) if is_number else section)


def _is_computed(data: SummaryData, item: SummaryItem) -> bool:
    return any(_value(row) for code in item.indicators for _, _, row in data.lines(code))


def _value(row: Row | None) -> bool:
    return row is not None and bool(pd.notna(row["value"]))


def _sheet(data: SummaryData, declared: SummaryBlock, part: str) -> Sheet:
    report = data.report
    items = [item for item in declared.items if item.part == part]
    has_points = declared.kind == "motivating" and any(
        code in data.best for item in declared.items for code in item.indicators
    )
    has_target = any(data.declared[code][1].target for item in items for code in item.indicators)
    extra = [*(["target"] if has_target else []), *(["points"] if has_points else [])]
    head = [
        *report.heads("indicator"),
        str(report.year.shifted(-1)),
        str(report.year),
        *report.heads("interval", "n", "year_verdict", *extra),
    ]
    groups = ((f"*{cell(item.text)}*", _rows(data, item, extra, len(head))) for item in items)
    places = list(dict.fromkeys(item.part for item in declared.items))
    name = f"own-{anchor(declared.code)}-{places.index(part) + 1}"
    caption = report.say("own.caption", title=cell(part or declared.title), year=report.year)
    return report.sheet(head, grouped(head, groups), caption, name, "lrrlrlll"[: len(head)])


def _rows(data: SummaryData, item: SummaryItem, extra: list[str], width: int) -> list[list[str]]:
    """Return a row for each line of the item's indicators, then what it still needs.

    `extra` are the columns that only some tables have: target, points.
    """
    report = data.report
    rows = []
    for code in item.indicators:
        found = data.lines(code)
        rows += [_row(data, *one, extra) for one in found if _value(one[2])]
        if not any(_value(row) for _, _, row in found):
            rows.append(_absent(data, code, found, width))
    if item.needs:
        needs = report.say("own.needs", needs=cell(_lowered(item.needs)))
        no_data = russian.capitalised(report.say("own.no_data"))
        said = needs if item.indicators else f"{no_data}. {needs}"
        rows.append([said, *[russian.NOTHING] * (width - 1)])
    return rows


def _lowered(text: str) -> str:
    """Return a text as a part of a sentence; an abbreviation keeps its letters."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _row(
    data: SummaryData, reading: JudgedData, line: IndicatorLine, row: Row, extra: list[str]
) -> list[str]:
    indicator = line.indicator
    told = data.told[reading.direction.direction, line]
    interval = russian.span(row["low"], row["high"], indicator.unit)
    if indicator.measure in ("sum", "count"):
        interval = reading.say("own.exact")
    cells = [
        cell(reading.title(line)),
        russian.amount(told.change.before, indicator.unit),
        reading.number(indicator, row),
        interval,
        russian.NOTHING if indicator.table == "monitoring" else reading.count(row["n"]),
        told.said,
    ]
    cells += [target(reading, line, row)] if "target" in extra else []
    return [*cells, _points(data, reading, line, row)] if "points" in extra else cells


def _absent(
    data: SummaryData,
    code: str,
    found: list[tuple[JudgedData, IndicatorLine, Row | None]],
    width: int,
) -> list[str]:
    """Return the row of an indicator without a value, with what would be needed."""
    report, indicator = data.report, data.declared[code][1]
    is_hidden = any(row is not None and reading.is_hidden(row) for reading, _, row in found)
    if is_hidden:
        said = report.say("verdict.hidden")
    else:
        said = f"{report.say('own.no_data')}. " + report.say(
            "own.needs", needs=cell(_lowered(indicator.source))
        )
    return [f"{cell(indicator.title)}: {said}", *[russian.NOTHING] * (width - 1)]


def _points(data: SummaryData, reading: JudgedData, line: IndicatorLine, row: Row) -> str:
    """Return the points against the region's best, with the interval of the value.

    A best value is the whole's: one subject of an indicator has none of its own.
    """
    # the room that computes indicators is heavy, and few profiles ask for points
    from msoko.indicators.values.motivating_points import motivating_points

    indicator, best = line.indicator, data.best.get(line.indicator.code)
    if best is None or line.subject:
        return russian.NOTHING
    ends = [motivating_points(row[name], best.value, indicator.polarity)
            for name in ("value", "low", "high")]  # fmt: skip
    if ends[0] is None:
        return reading.say("own.no_points")
    if ends[0] > 100 * (1 + 1e-9):
        return reading.say("own.better_than_best")
    told = russian.decimal(ends[0], 1)
    if any(end is None or end != end for end in ends[1:]):
        return told
    low, high = sorted(ends[1:])
    return f"{told} ({russian.span(low, min(high, 100.0), 'points')})"


def _about_points(data: SummaryData, declared: SummaryBlock) -> str:
    """Say how points are made, whose the best values are, and which are not known."""
    report = data.report
    codes = list(dict.fromkeys(code for item in declared.items for code in item.indicators))
    used = [data.best[code] for code in codes if code in data.best]
    columns = ", ".join(f"`{item.name}`" for item in fields(catalog.RegionBest) if item.compare)
    said = [report.say("own.motivating")] if used else []
    if used:
        sources = [_named(data, one) for one in used]
        said.append(report.say("own.best_used", sources="; ".join(sources)))
    if len(used) < len(codes):
        said.append(
            report.say(
                "own.best_unknown",
                count=len(codes) - len(used),
                file=BEST_FILE,
                columns=columns,
            )
        )
    return " ".join(said)


def _named(data: SummaryData, best: RegionBest) -> str:
    indicator = data.declared[best.indicator][1]
    title = cell(indicator.short_title or indicator.title)
    shown = russian.amount(best.value, indicator.unit)
    return f"{title} – {shown}, {cell(best.municipality)} ({cell(best.source)})"
