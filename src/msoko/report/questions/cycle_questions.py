"""What every report answers, in the order of the management cycle."""

from __future__ import annotations

from msoko.report.block import Block
from msoko.report.questions.question_base import Asking


class CycleQuestions(Asking):
    """What every report answers, in the order of the management cycle."""

    def summary(self, *codes: str) -> Block:
        """The conclusions of the report in a few sentences."""
        from msoko.report.sections import cycle, folded_direction

        every = (*codes, *folded_direction.summary_codes(self)) if codes else codes
        return self._asked(every, lambda kept: cycle.summary(self, kept))

    def goals(self) -> Block:
        """What the direction is for."""
        from msoko.report.sections import cycle

        return cycle.goals(self)

    def indicators(self) -> Block:
        """Every indicator: value, interval, last year, change, target."""
        from msoko.report.sections import cycle

        return cycle.indicators(self)

    def collection(self) -> Block:
        """How the data were collected, and what arrived."""
        from msoko.report.sections import cycle

        return cycle.collection(self)

    def data_quality(self) -> Block:
        """What was wrong with the data, and what it means for this report."""
        from msoko.report.sections import data_quality_note

        return data_quality_note.data_quality(self)

    def recommendations(self) -> Block:
        """Address recommendations that follow from the findings."""
        from msoko.report.sections import advice

        return advice.recommendations(self)

    def decisions_proposed(self) -> Block:
        """Measures of the roadmap and decisions of the year that the findings lead to."""
        from msoko.report.sections import advice

        return advice.decisions(self)

    def effect(self) -> Block:
        """What last year's decisions changed."""
        from msoko.report.sections import advice

        return advice.effect(self)

    def method(self) -> Block:
        """How the numbers of this report are made, and what they cannot say."""
        from msoko.report.sections import provenance

        return provenance.method(self)

    def provenance(self) -> Block:
        """Year, profile, code version, raw files, checks; and the evidence of each number."""
        from msoko.report.sections import provenance

        return provenance.provenance(self)
