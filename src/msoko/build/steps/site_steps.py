"""The site of a year and edition: the pages of reports that are whole, published at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msoko.build.graph.build_plan import NOT_TRIED
from msoko.build.graph.report_list import PAGES, QUALITY
from msoko.build.steps.build_context import BuildContext
from msoko.build.steps.step_executor import StepJob, execute_steps
from msoko.build.steps.step_workers import SerialWorkers
from msoko.catalog import load_thresholds


def has_page_to_publish(context: BuildContext) -> bool:
    """Return whether there is a report, or the page that says why there is none."""
    return any(report == QUALITY or report not in PAGES for report in context.whole_reports())


def publish_site(context: BuildContext) -> None:
    """Publish the reports that are whole; the others keep the page they had.

    A report that this build was not asked for is published as it was last built.
    """
    plan, year = context.plan, context.year
    folder, ready = plan.paths.site(year), context.whole_reports()
    reasons = plan.refusals(year) | context.refusals
    missing = [one for one in plan.reports.of(year) if one not in ready]
    refused = {one: reasons.get(one, NOT_TRIED) for one in missing}

    def publish() -> None:
        # what composes the site takes long to import, and a build may find it fresh
        from msoko.build.steps import site_content

        level = load_thresholds(plan.project)["change_fdr"].value
        function = "msoko.stats.estimators.judged_changes:judge"
        judge = lambda p_values: context.processes.call(function, p_values, level)  # noqa: E731
        site_content.publish(plan, year, ready, refused, folder, judge)

    def note_new_site(_: object) -> Mapping[str, Any]:
        context.result.is_site_new = True
        return {}

    job = StepJob(
        "site",
        lambda: plan.site(year, ready, refused),
        publish,
        finish=note_new_site,
        outputs=lambda: sorted(path for path in folder.rglob("*") if path.is_file()),
    )
    execute_steps(context, [job], SerialWorkers())
