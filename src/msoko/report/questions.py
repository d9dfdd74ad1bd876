"""Every question that a notebook may ask of a report, and the section that answers it."""

from __future__ import annotations

from msoko.catalog.directions.notebook_outline import NotebookQuestion
from msoko.report.block import Block
from msoko.report.data.judged_data import JudgedData
from msoko.report.left_out import answer_kept
from msoko.report.passport import (
    passport_advice,
    passport_card,
    passport_data,
    passport_dynamics,
    passport_peers,
    passport_position,
)
from msoko.report.sections.cycle import advice, cycle_frame, data_quality, folded_direction
from msoko.report.sections.cycle import provenance as origins
from msoko.report.sections.pages import (
    hidden_results,
    own_summary,
    quality_page,
    roadmap_due,
    roadmap_page,
    told_effects,
    year_matters,
    year_summary,
)
from msoko.report.sections.results import (
    comparison,
    context,
    dynamics,
    high_results,
    low_results,
    objectivity_signs,
    procedure_comparison,
    satisfaction,
    school_marks,
)
from msoko.report.sections.results import level as levels


class Questions(JudgedData):
    """The questions; what a section answers is said where the section is."""

    # What every report answers, in the order of the management cycle
    def summary(self, *codes: str) -> Block:
        """The conclusions of the report in a few sentences."""
        every = (*codes, *folded_direction.summary_codes(self)) if codes else codes
        return answer_kept(self, every, lambda kept: cycle_frame.summary(self, kept))

    goals = cycle_frame.goals
    indicators = cycle_frame.indicators
    collection = cycle_frame.collection
    data_quality = data_quality.data_quality
    recommendations = advice.recommendations
    decisions_proposed = advice.decisions
    effect = told_effects.effect
    method = origins.method
    provenance = origins.provenance

    # How results stand, changed, differ between schools, and how far they may be trusted
    def level(self, code: str) -> Block:
        """An indicator by subject and grade, beside the region."""
        return answer_kept(self, [code], lambda kept: levels.level(self, *kept))

    def level_of_schools(self, *codes: str) -> Block:
        """Indicators of schools whose count of participants is not published: no intervals."""
        return answer_kept(self, codes, lambda kept: levels.level_of_schools(self, kept))

    def dynamics(self, *codes: str) -> Block:
        """Indicators over the years with intervals, and what may be said of a trend."""
        return answer_kept(self, codes, lambda kept: dynamics.dynamics(self, kept))

    def compare_schools(self, code: str) -> Block:
        """Schools compared fairly: a funnel with overdispersion."""
        return answer_kept(self, [code], lambda kept: comparison.compare_schools(self, *kept))

    def context(self, code: str) -> Block:
        """An indicator of schools against their social context."""
        return answer_kept(self, [code], lambda kept: context.context(self, *kept))

    marks = levels.marks
    low_results = low_results.low_results
    high_results = high_results.high_results
    objectivity = objectivity_signs.verdict
    score_distribution = objectivity_signs.score_distribution
    journal = objectivity_signs.journal
    procedures = procedure_comparison.procedures
    school_marks = school_marks.school_marks
    satisfaction = satisfaction.satisfaction

    def folded(self, direction: str) -> Block:
        """The analysis of a direction that the profile makes part of this one."""
        return folded_direction.folded(self, direction, self._ask)

    def _ask(self, question: NotebookQuestion) -> Block:
        """Return the answer to a question as a notebook writes it."""
        return getattr(self, question.method)(*question.arguments)

    # The page on the quality of data
    arrived = quality_page.arrived
    set_aside = quality_page.set_aside
    all_findings = quality_page.findings
    suppression = hidden_results.suppression
    drift = quality_page.drift
    meaning = quality_page.meaning

    # The page on the roadmap
    roadmap_due = roadmap_due.due
    roadmap_calendar = roadmap_page.calendar
    roadmap_undated = roadmap_page.undated
    roadmap_status = roadmap_page.measure_statuses
    roadmap_returns = roadmap_page.discipline

    # The summary of the year
    key_figures = year_summary.key_figures
    year_changes = year_summary.changes
    risks = year_matters.risks
    year_decisions = year_matters.decisions
    own_summary = own_summary.own_summary

    # The passport of an organisation
    passport_card = passport_card.card
    passport_position = passport_position.position
    passport_dynamics = passport_dynamics.dynamics
    passport_advice = passport_advice.advice
    passport_data = passport_data.data
    passport_peers = passport_peers.peers
