"""How results stand, changed, differ between schools, and how far they may be trusted."""

from __future__ import annotations

from msoko.report.block import Block
from msoko.report.questions.question_base import Asking


class AnalysisQuestions(Asking):
    """How results stand, changed, differ between schools, and how far they may be trusted."""

    def level(self, code: str) -> Block:
        """An indicator by subject and grade, beside the region."""
        from msoko.report.sections import level

        return self._asked([code], lambda kept: level.level(self, *kept))

    def marks(self, procedure: str = "vpr") -> Block:
        """The distribution of marks beside the region's."""
        from msoko.report.sections import level

        return level.marks(self, procedure)

    def dynamics(self, *codes: str) -> Block:
        """Indicators over the years with intervals, and what may be said of a trend."""
        from msoko.report.sections import dynamics

        return self._asked(codes, lambda kept: dynamics.dynamics(self, kept))

    def compare_schools(self, code: str) -> Block:
        """Schools compared fairly: a funnel with overdispersion."""
        from msoko.report.sections import comparison

        return self._asked([code], lambda kept: comparison.compare_schools(self, *kept))

    def context(self, code: str) -> Block:
        """An indicator of schools against their social context."""
        from msoko.report.sections import context

        return self._asked([code], lambda kept: context.context(self, *kept))

    def low_results(self) -> Block:
        """Schools with low results, and how the list depends on its thresholds."""
        from msoko.report.sections import low_results

        return low_results.low_results(self)

    def objectivity(self) -> Block:
        """Signs of biased results: the combined verdict and its markers."""
        from msoko.report.sections import objectivity_signs

        return objectivity_signs.verdict(self)

    def score_distribution(self) -> Block:
        """Primary scores with the mark boundaries, and the test for heaping."""
        from msoko.report.sections import objectivity_signs

        return objectivity_signs.score_distribution(self)

    def journal(self) -> Block:
        """Marks of the paper against marks of the journal."""
        from msoko.report.sections import objectivity_signs

        return objectivity_signs.journal(self)

    def procedures(self) -> Block:
        """Exams beside earlier papers and school marks of the same pupils."""
        from msoko.report.sections import procedure_comparison

        return procedure_comparison.procedures(self)

    def school_marks(self) -> Block:
        """Half-year and yearly marks of schools beside exams."""
        from msoko.report.sections import school_marks

        return school_marks.school_marks(self)

    def high_results(self) -> Block:
        """Medals, results of 80 points and more, and 100 points."""
        from msoko.report.sections import high_results

        return high_results.high_results(self)

    def satisfaction(self) -> Block:
        """What parents, pupils and teachers say they are satisfied with."""
        from msoko.report.sections import satisfaction

        return satisfaction.satisfaction(self)

    def folded(self, direction: str) -> Block:
        """The analysis of a direction that the profile makes part of this one."""
        from msoko.report.sections import folded_direction

        return folded_direction.folded(self, direction)
