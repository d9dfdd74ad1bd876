"""What the pages of the whole system answer: data quality, roadmap, the year's summary."""

from __future__ import annotations

from msoko.report.block import Block
from msoko.report.data.report_data import Reading


class SystemQuestions(Reading):
    """What the pages of the whole system answer: data quality, roadmap, the year's summary."""

    def arrived(self) -> Block:
        """Which files came, and what each was recognised as."""
        from msoko.report.sections import data_quality

        return data_quality.arrived(self)

    def set_aside(self) -> Block:
        """Which rows were not taken, and why; rows in, kept and set aside add up."""
        from msoko.report.sections import data_quality

        return data_quality.set_aside(self)

    def all_findings(self) -> Block:
        """Every finding in the year's data, by severity, with its cell and what to do."""
        from msoko.report.sections import data_quality

        return data_quality.findings(self)

    def suppression(self) -> Block:
        """Which published results are hidden, and when the rule of hiding changed."""
        from msoko.report.sections import hidden_results

        return hidden_results.suppression(self)

    def drift(self) -> Block:
        """How this year's data differ from last year's."""
        from msoko.report.sections import data_quality

        return data_quality.drift(self)

    def meaning(self) -> Block:
        """What the findings mean for each report."""
        from msoko.report.sections import data_quality

        return data_quality.meaning(self)

    def roadmap_due(self) -> Block:
        """What is due in the month and quarter of the latest return, and what is past."""
        from msoko.report.sections import roadmap_due

        return roadmap_due.due(self)

    def roadmap_calendar(self) -> Block:
        """What the roadmap wants done in each month and quarter."""
        from msoko.report.sections import roadmap_page

        return roadmap_page.calendar(self)

    def roadmap_undated(self) -> Block:
        """Which measures have no date in this year, by what their deadline says."""
        from msoko.report.sections import roadmap_page

        return roadmap_page.undated(self)

    def roadmap_status(self) -> Block:
        """What is done, by direction and section of the roadmap."""
        from msoko.report.sections import roadmap_page

        return roadmap_page.status(self)

    def roadmap_returns(self) -> Block:
        """Which returns came late or not at all, by responsible."""
        from msoko.report.sections import roadmap_page

        return roadmap_page.discipline(self)

    def key_figures(self) -> Block:
        """The key indicators of every direction."""
        from msoko.report.sections import year_summary

        return year_summary.key_figures(self)

    def year_changes(self) -> Block:
        """Changes of all directions told from chance, with one false discovery rate."""
        from msoko.report.sections import year_summary

        return year_summary.changes(self)

    def risks(self) -> Block:
        """Findings and recommendations of every direction."""
        from msoko.report.sections import year_matters

        return year_matters.risks(self)

    def year_decisions(self) -> Block:
        """The year's decisions, and what last year's changed."""
        from msoko.report.sections import year_matters

        return year_matters.decisions(self)

    def own_summary(self) -> Block:
        """What the municipality's founding document asks of the summary beyond the house."""
        from msoko.report.sections import own_summary

        return own_summary.own_summary(self)
