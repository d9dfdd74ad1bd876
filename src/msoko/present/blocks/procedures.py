"""Several procedures compared on the same pupils: exam against paper, exam against school mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from msoko.present import russian
from msoko.present.block import Block, Details, Sheet, block, cell, insufficient
from msoko.present.evidence import Evidence

if TYPE_CHECKING:
    from msoko.present.reading import Reading

EXAMS = ("oge", "ege")
THIS_YEAR = ("rehearsal", "diagnostic")
SCHOOL_MARK = "school_mark"
"""The half-year or yearly mark that the protocols of rehearsals and diagnostics carry."""
EARLIER = ("vpr", *THIS_YEAR, SCHOOL_MARK)
LEAST = 10
"""Fewer pupils than this make no row."""
KEYS = ["pupil_id", "subject"]
KINDS = ["lower", "same", "higher"]


@dataclass(frozen=True)
class Pair:
    """An exam beside an earlier result of the same pupils, in one subject or in all."""

    exam: str
    earlier: str
    subject: str
    rows: pd.DataFrame  # mark, earlier_mark, share, earlier_share: one row a pupil and subject

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def marks(self) -> list[int]:
        """How many had an exam mark lower than the earlier one, the same, a higher one."""
        known = self.rows.dropna(subset=["mark", "earlier_mark"])
        gap = known["mark"].astype(float) - known["earlier_mark"].astype(float)
        return [int((gap < 0).sum()), int((gap == 0).sum()), int((gap > 0).sum())]


def procedures(report: Reading) -> Block:
    """Set exams beside VPR, rehearsals, diagnostics and school marks of the same pupils.

    Pupils are joined by their code; without a register of codes there is nothing to compare.
    """
    pairs = [pair for pair in _pairs(report) if pair.n >= LEAST]
    if report.is_public:
        pairs = _publishable(pairs)
    if not pairs:
        title = report.say("procedures.title")
        return insufficient(title, report.say("procedures.no_pairs", least=LEAST))
    whole = [pair for pair in pairs if not pair.subject and sum(pair.marks)]
    texts = [f"- {_sentence(report, pair)}" for pair in whole]
    single = [pair for pair in pairs if pair.subject]
    sheet = _by_subject(report, single)
    return block(
        report.say("procedures.reading", least=LEAST),
        "\n".join(texts) if texts else None,
        Details(report.say("procedures.by_subject", count=len(single)), (sheet,)),
        report.say("procedures.caveat"),
    )


def _pairs(report: Reading) -> Iterator[Pair]:
    results = _sat(report, report.year)
    last = report.year.shifted(-1)
    before = _sat(report, last) if last in report.years else results.iloc[:0]
    papers = {"vpr": before[before["procedure"] == "vpr"]}
    papers |= {one: results[results["procedure"] == one] for one in THIS_YEAR}
    held = results[results["procedure"].isin(THIS_YEAR) & results["journal_mark"].notna()]
    held = held.assign(mark=held["journal_mark"], share=held["journal_mark"].astype(float))
    papers[SCHOOL_MARK] = held.drop_duplicates(KEYS)
    order = {subject: place for place, subject in enumerate(report.subjects)}
    for exam in EXAMS:
        taken = results[results["procedure"] == exam]
        for earlier in EARLIER:
            rows = _joined(taken, papers[earlier])
            yield Pair(exam, earlier, "", rows)
            for subject in sorted(rows["subject"].unique(), key=lambda one: order.get(one, 99)):
                yield Pair(exam, earlier, subject, rows[rows["subject"] == subject])


def _sat(report: Reading, year: object) -> pd.DataFrame:
    """Return the papers that pupils with a code sat, with the share of the highest score.

    Where a protocol names no highest score, the highest that anyone had stands for it: shares
    are only ranked.
    """
    rows = report.store.read("results", [year])
    rows = rows[~rows["is_absent"].fillna(False).astype(bool) & rows["pupil_id"].notna()]
    primary = rows["primary_score"].astype("float64")
    paper = [rows[name] for name in ("procedure", "subject", "grade")]
    highest = primary.groupby(paper, dropna=False).transform("max")
    top = rows["max_score"].astype("float64").fillna(highest).replace(0, np.nan)
    share = (rows["test_score"].astype("float64") / 100).fillna(primary / top)
    return rows.assign(share=share)


def _joined(taken: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    wanted = [*KEYS, "mark", "share"]
    others = earlier[wanted].rename(columns={"mark": "earlier_mark", "share": "earlier_share"})
    return taken[wanted].merge(others, on=KEYS).sort_values(KEYS, kind="stable")


def _publishable(pairs: list[Pair]) -> list[Pair]:
    """Return the pairs whose counts may stand side by side; a whole is hidden with its parts."""
    from msoko.present.disclosed import shown_rows

    kept: list[Pair] = []
    for exam, earlier in dict.fromkeys((pair.exam, pair.earlier) for pair in pairs):
        own = [pair for pair in pairs if (pair.exam, pair.earlier) == (exam, earlier)]
        parts = [pair for pair in own if pair.subject]
        if not parts:
            continue
        is_shown = shown_rows(pd.DataFrame([pair.marks for pair in parts], columns=KINDS))
        kept += [pair for pair, shown in zip(parts, is_shown, strict=True) if shown]
        if bool(is_shown.all()) and sum(pair.n for pair in parts) == own[0].n:
            kept += [pair for pair in own if not pair.subject]
    return kept


def _sentence(report: Reading, pair: Pair) -> str:
    lower, same, higher = pair.marks
    total = lower + same + higher
    cited = [
        report.ledger.cite(_evidence(report, pair, kind, count, total))
        for kind, count in zip(KINDS, (lower, same, higher), strict=True)
    ]
    return report.say(
        "procedures.sentence",
        pair=_pair_title(report, pair),
        lower=cited[0],
        same=cited[1],
        higher=cited[2],
        n=russian.decimal(total, 0),
    )


def _evidence(report: Reading, pair: Pair, kind: str, count: int, total: int) -> Evidence:
    from msoko.stats.proportions import wilson

    told = wilson(count, total)
    return Evidence(
        what=f"{_pair_title(report, pair)}: {report.say(f'procedures.{kind}')}; "
        f"{report.year} учебный год",
        shown=russian.amount(count / total, "percent"),
        formula="работы одних и тех же обучающихся по одному предмету, сравнение отметок",
        numerator=russian.decimal(count, 0),
        denominator=russian.decimal(total, 0),
        n=russian.decimal(total, 0),
        interval=russian.span(told.low, told.high, "percent"),
        source="протоколы РЦОИ, ФИС ОКО, протоколы работ, реестр связи кодов участников",
    )


def _pair_title(report: Reading, pair: Pair) -> str:
    return f"{report.say(f'procedure.{pair.exam}')} и {_earlier(report, pair)}"


def _earlier(report: Reading, pair: Pair) -> str:
    key = "vpr_before" if pair.earlier == "vpr" else pair.earlier
    return report.say(f"procedures.earlier.{key}")


def _by_subject(report: Reading, pairs: list[Pair]) -> Sheet:
    from msoko.stats.correlation import spearman

    rows = []
    for pair in pairs:
        counts, total = pair.marks, sum(pair.marks)
        shares = [russian.figure(one / total if total else None, "percent") for one in counts]
        told = spearman(pair.rows["share"].to_numpy(), pair.rows["earlier_share"].to_numpy())
        is_told = told.is_estimable and told.n >= LEAST
        rows.append([
            cell(report.say(f"procedure.{pair.exam}")),
            cell(_earlier(report, pair)),
            cell(report.paper(pair.subject, None)),
            russian.decimal(pair.n, 0),
            *shares,
            russian.decimal(told.value, 2) if is_told else russian.NOTHING,
            russian.span(told.low, told.high, "score") if is_told else russian.NOTHING,
        ])  # fmt: skip
    head = ["Экзамен", "С чем сравнивается", "Предмет", "n", "Ниже, %", "Совпала, %", "Выше, %",
            "Ранговая корреляция", "95 % интервал"]  # fmt: skip
    caption = f"Результаты одних и тех же обучающихся, {report.year} учебный год"
    return Sheet(head, rows, caption, "procedures", "lllrrrrrl")
