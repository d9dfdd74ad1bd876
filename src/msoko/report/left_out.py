"""Questions about indicators that a profile may leave out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msoko import catalog
from msoko.catalog.yaml.declaration_lines import suggestion
from msoko.core import russian
from msoko.core.errors import UsageError
from msoko.report.block import Block, block, cell
from msoko.report.data.report_data import ReportData


def answer_kept(
    report: ReportData, codes: Sequence[str], answer: Callable[[Sequence[str]], Block]
) -> Block:
    """Return the answer for those of `codes` that the profile keeps, and say if it keeps none.

    A code that the direction never declared is refused: a misspelt indicator is no gap.
    """
    declared = [one.code for one in report.direction.indicators]
    dropped = [
        indicator
        for name in report.codes
        if (change := report.profile.changes.get(name))
        for indicator in change.drop
    ]
    for code in codes:
        if code not in declared and code not in dropped:
            raise UsageError(
                f"в направлении «{report.direction.direction}» нет показателя «{code}», о "
                f"котором спрашивает блокнот. {suggestion(code, declared)}"
            )
    kept = [code for code in codes if code in declared]
    if kept or not codes:
        return answer(kept)
    house = [catalog.load_direction(report.project, name) for name in report.codes]
    known = {one.code: one.title for each in house for one in each.indicators}
    titles = [cell(known[code]) for code in codes]
    return block(report.say("conclusion.left_out", titles=russian.listed(titles)))
