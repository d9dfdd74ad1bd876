"""A report: what the cells of a notebook ask, each answer a block of Markdown."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from msoko import catalog
from msoko.catalog.strict import suggestion
from msoko.errors import UsageError
from msoko.present import russian
from msoko.present.block import Block, block, cell
from msoko.present.reading import Reading
from msoko.project import Project
from msoko.school_year import SchoolYear
from msoko.store import Store

EDITIONS = ("internal", "public")
PASSPORT = "school_passport"
"""The page that is about one organisation."""
PROJECT_VARIABLE = "MSOKO_PROJECT"
"""The environment variable in which the build tells a notebook where its project lies."""


class Report(Reading):
    """The questions that a notebook may ask of a `Reading`, in the order of the cycle."""

    @classmethod
    def open(
        cls,
        direction: str,
        school_year: str,
        municipality: str,
        edition: str = "internal",
        school_id: str = "",
    ) -> Report:
        """Return the report of a direction, or of one organisation; tables must have been built."""
        project = Project.at(os.environ.get(PROJECT_VARIABLE))
        if edition not in EDITIONS:
            raise UsageError(f"редакция отчёта – internal или public, получено {edition!r}")
        year = SchoolYear.parse(school_year)
        profile = catalog.load_profile(project, municipality)
        declared = catalog.load_directions(project, profile)
        chosen = next((one for one in declared if one.direction == direction), None)
        if chosen is None:
            chosen = catalog.load_direction(project, direction)
        if chosen not in declared and chosen.mechanism != "system":
            raise UsageError(f"в профиле {municipality!r} нет направления {direction!r}")
        if year not in Store(project).years("indicators"):
            raise UsageError(
                f"показатели за {year} не рассчитаны. Выполните msoko build {year}, "
                "затем откройте блокнот снова."
            )
        report = cls(project, year, profile, chosen, declared, edition, school_id=school_id)
        if school_id or chosen.direction == PASSPORT:
            _require_school(report)
        return report

    def summary(self, *codes: str) -> Block:
        """The conclusions of the report in a few sentences."""
        from msoko.present.blocks import cycle, folded

        every = (*codes, *folded.summary_codes(self)) if codes else codes
        return self._asked(every, lambda kept: cycle.summary(self, kept))

    def goals(self) -> Block:
        """What the direction is for."""
        from msoko.present.blocks import cycle

        return cycle.goals(self)

    def indicators(self) -> Block:
        """Every indicator: value, interval, last year, change, target."""
        from msoko.present.blocks import cycle

        return cycle.indicators(self)

    def collection(self) -> Block:
        """How the data were collected, and what arrived."""
        from msoko.present.blocks import cycle

        return cycle.collection(self)

    def data_quality(self) -> Block:
        """What was wrong with the data, and what it means for this report."""
        from msoko.present.blocks import quality

        return quality.data_quality(self)

    def level(self, code: str) -> Block:
        """An indicator by subject and grade, beside the region."""
        from msoko.present.blocks import level

        return self._asked([code], lambda kept: level.level(self, *kept))

    def marks(self, procedure: str = "vpr") -> Block:
        """The distribution of marks beside the region's."""
        from msoko.present.blocks import level

        return level.marks(self, procedure)

    def dynamics(self, *codes: str) -> Block:
        """Indicators over the years with intervals, and what may be said of a trend."""
        from msoko.present.blocks import dynamics

        return self._asked(codes, lambda kept: dynamics.dynamics(self, kept))

    def compare_schools(self, code: str) -> Block:
        """Schools compared fairly: a funnel with overdispersion."""
        from msoko.present.blocks import comparison

        return self._asked([code], lambda kept: comparison.compare_schools(self, *kept))

    def context(self, code: str) -> Block:
        """An indicator of schools against their social context."""
        from msoko.present.blocks import context

        return self._asked([code], lambda kept: context.context(self, *kept))

    def objectivity(self) -> Block:
        """Signs of biased results: the combined verdict and its markers."""
        from msoko.present.blocks import objectivity

        return objectivity.verdict(self)

    def score_distribution(self) -> Block:
        """Primary scores with the mark boundaries, and the test for heaping."""
        from msoko.present.blocks import objectivity

        return objectivity.score_distribution(self)

    def journal(self) -> Block:
        """Marks of the paper against marks of the journal."""
        from msoko.present.blocks import objectivity

        return objectivity.journal(self)

    def procedures(self) -> Block:
        """Exams beside earlier papers and school marks of the same pupils."""
        from msoko.present.blocks import procedures

        return procedures.procedures(self)

    def school_marks(self) -> Block:
        """Half-year and yearly marks of schools beside exams."""
        from msoko.present.blocks import school_marks

        return school_marks.school_marks(self)

    def high_results(self) -> Block:
        """Medals, results of 80 points and more, and 100 points."""
        from msoko.present.blocks import high_results

        return high_results.high_results(self)

    def satisfaction(self) -> Block:
        """What parents, pupils and teachers say they are satisfied with."""
        from msoko.present.blocks import satisfaction

        return satisfaction.satisfaction(self)

    def folded(self, direction: str) -> Block:
        """The analysis of a direction that the profile makes part of this one."""
        from msoko.present.blocks import folded

        return folded.folded(self, direction)

    def low_results(self) -> Block:
        """Schools with low results, and how the list depends on its thresholds."""
        from msoko.present.blocks import low_results

        return low_results.low_results(self)

    def recommendations(self) -> Block:
        """Address recommendations that follow from the findings."""
        from msoko.present.blocks import advice

        return advice.recommendations(self)

    def decisions_proposed(self) -> Block:
        """Measures of the roadmap and decisions of the year that the findings lead to."""
        from msoko.present.blocks import advice

        return advice.decisions(self)

    def effect(self) -> Block:
        """What last year's decisions changed."""
        from msoko.present.blocks import advice

        return advice.effect(self)

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

    def passport_card(self) -> Block:
        """Whose passport it is, its conditions, and on how many pupils it stands."""
        from msoko.present.blocks import passport

        return passport.card(self)

    def passport_position(self) -> Block:
        """Where the organisation stands in each direction."""
        from msoko.present.blocks import passport_position

        return passport_position.position(self)

    def passport_dynamics(self) -> Block:
        """How the organisation changed, where years compare."""
        from msoko.present.blocks import passport_dynamics

        return passport_dynamics.dynamics(self)

    def passport_advice(self) -> Block:
        """What was found about the organisation, and what it is asked to do."""
        from msoko.present.blocks import passport_advice

        return passport_advice.advice(self)

    def passport_data(self) -> Block:
        """What is wrong or missing in the organisation's data."""
        from msoko.present.blocks import passport_data

        return passport_data.data(self)

    def passport_peers(self) -> Block:
        """Which organisations work in conditions like these."""
        from msoko.present.blocks import passport_peers

        return passport_peers.peers(self)

    def method(self) -> Block:
        """How the numbers of this report are made, and what they cannot say."""
        from msoko.present.blocks import account

        return account.method(self)

    def provenance(self) -> Block:
        """Year, profile, code version, raw files, checks; and the evidence of each number."""
        from msoko.present.blocks import account

        return account.provenance(self)

    def _asked(self, codes: Sequence[str], answer: Callable[[Sequence[str]], Block]) -> Block:
        """Return the answer for those of `codes` that the profile keeps, and say if it keeps none.

        A code that the direction never declared is refused: a misspelt indicator is no gap.
        """
        declared = [one.code for one in self.direction.indicators]
        dropped = [
            indicator
            for name in self.codes
            if (change := self.profile.changes.get(name))
            for indicator in change.drop
        ]
        for code in codes:
            if code not in declared and code not in dropped:
                raise UsageError(
                    f"в направлении «{self.direction.direction}» нет показателя «{code}», о "
                    f"котором спрашивает блокнот. {suggestion(code, declared)}"
                )
        kept = [code for code in codes if code in declared]
        if kept or not codes:
            return answer(kept)
        house = [catalog.load_direction(self.project, name) for name in self.codes]
        known = {one.code: one.title for each in house for one in each.indicators}
        titles = [cell(known[code]) for code in codes]
        return block(self.say("conclusion.left_out", titles=russian.listed(titles)))


def _require_school(report: Report) -> None:
    """Refuse an organisation that the year lacks, and a passport that would be published."""
    if report.is_public:
        raise UsageError(
            "паспорт организации – для служебного пользования: в редакции для публикации его нет. "
            'Откройте блокнот с edition = "internal".'
        )
    known = [str(code) for code in report.schools.index]
    if not report.school_id:
        raise UsageError(
            "паспорт составляется по одной организации: впишите её код в school_id. "
            "Коды – в data/raw/schools.csv."
        )
    if report.school_id not in known:
        raise UsageError(
            f"в {report.year} учебном году нет организации с кодом «{report.school_id}». "
            f"{suggestion(report.school_id, known)}"
        )
