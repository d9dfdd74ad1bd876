"""What the pages of the whole system answer: data quality, roadmap, the year's summary."""

from __future__ import annotations

from msoko.present.block import Block
from msoko.present.reading import Reading


class SystemQuestions(Reading):
    """What the pages of the whole system answer: data quality, roadmap, the year's summary."""

    def arrived(self) -> Block:
        """Which files came, and what each was recognised as."""
        from msoko.present.blocks import intake

        return intake.arrived(self)

    def set_aside(self) -> Block:
        """Which rows were not taken, and why; rows in, kept and set aside add up."""
        from msoko.present.blocks import intake

        return intake.set_aside(self)

    def all_findings(self) -> Block:
        """Every finding in the year's data, by severity, with its cell and what to do."""
        from msoko.present.blocks import intake

        return intake.findings(self)

    def suppression(self) -> Block:
        """Which published results are hidden, and when the rule of hiding changed."""
        from msoko.present.blocks import suppression

        return suppression.suppression(self)

    def drift(self) -> Block:
        """How this year's data differ from last year's."""
        from msoko.present.blocks import intake

        return intake.drift(self)

    def meaning(self) -> Block:
        """What the findings mean for each report."""
        from msoko.present.blocks import intake

        return intake.meaning(self)

    def roadmap_due(self) -> Block:
        """What is due in the month and quarter of the latest return, and what is past."""
        from msoko.present.blocks import roadmap_due

        return roadmap_due.due(self)

    def roadmap_calendar(self) -> Block:
        """What the roadmap wants done in each month and quarter."""
        from msoko.present.blocks import roadmap

        return roadmap.calendar(self)

    def roadmap_undated(self) -> Block:
        """Which measures have no date in this year, by what their deadline says."""
        from msoko.present.blocks import roadmap

        return roadmap.undated(self)

    def roadmap_status(self) -> Block:
        """What is done, by direction and section of the roadmap."""
        from msoko.present.blocks import roadmap

        return roadmap.status(self)

    def roadmap_returns(self) -> Block:
        """Which returns came late or not at all, by responsible."""
        from msoko.present.blocks import roadmap

        return roadmap.discipline(self)

    def key_figures(self) -> Block:
        """The key indicators of every direction."""
        from msoko.present.blocks import year_summary

        return year_summary.key_figures(self)

    def year_changes(self) -> Block:
        """Changes of all directions told from chance, with one false discovery rate."""
        from msoko.present.blocks import year_summary

        return year_summary.changes(self)

    def risks(self) -> Block:
        """Findings and recommendations of every direction."""
        from msoko.present.blocks import year_matters

        return year_matters.risks(self)

    def year_decisions(self) -> Block:
        """The year's decisions, and what last year's changed."""
        from msoko.present.blocks import year_matters

        return year_matters.decisions(self)

    def own_summary(self) -> Block:
        """What the municipality's founding document asks of the summary beyond the house."""
        from msoko.present.blocks import own_summary

        return own_summary.own_summary(self)
