"""The method page: `docs/method.md.j2`, fill_template with the numbers of its checks.

No number of a check is typed into the page: counts and tolerances of the reference numbers come
from `tests/reference/reference.json`, error rates from `docs/method/proof.json`, findings on
open data from `docs/method/validation.json`. Where `make proof` has not been run, the page says
so and how to run it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from msoko.build.graph.written_pages import (
    EFFECTS,
    EXECUTED,
    FACTS,
    PROOF,
    REFERENCE,
    TEMPLATE,
)
from msoko.catalog.loading import load_thresholds
from msoko.core.project import Project
from msoko.core.russian import decimal, listed, noun
from msoko.site.rendering.page_bodies import MarkdownPage, render_markdown_page, save_body
from msoko.stats.estimators.judged_changes import LEVEL_CODE
from msoko.stats.estimators.trend import exact_kendall_p
from msoko.stats.objectivity.assessment import P_CAP, WEIGHT_ALL, Q
from msoko.stats.objectivity.markers import LEAST_PUPILS

METHOD, VALIDATION = "method.html", "validation.html"

SECTIONS: dict[str, str] = {
    "shares": r"^\d+/\d+ ",
    "difference": r"^difference of proportions",
    "multiplicity": r"^(input p$|p\.adjust|Cauchy)",
    "trends": r"^(Mann-Kendall|Theil-Sen)",
    "shrinkage": r"^(input (est|se)$|meta )",
    "correlation": r"^(cor|partial cor)\(",
    "added": r"^(RI|RS|OLS) .* .*(EB|VA|mode)",
    "robust": r"^OLS .* (se_|CR2_)",
    "regression": r"^(OLS |binomial GLM)",
    "multilevel": r"^(null RI|RI |RS |growth)",
    "agreement": r"^(table|Cohen|weighted)",
}
"""Which reference records a section of the page rests upon: «model quantity», first match."""


def method_page(project: Project) -> MarkdownPage | None:
    """Return the method page, or None where the project has no template of it."""
    template = project.find(*TEMPLATE)
    if not template.exists():
        return None
    text = fill_template(template, project)
    title, _, body = text.partition("\n")
    return MarkdownPage(METHOD, title.lstrip("# "), body)


def validation_page(project: Project) -> MarkdownPage | None:
    """Return the page of the executed validation notebooks, or None where they have not been."""
    path = project.find(*EXECUTED)
    if not path.exists():
        return None
    title, _, body = path.read_text(encoding="utf-8").partition("\n")
    return MarkdownPage(VALIDATION, title.lstrip("# "), body)


WRITTEN = {"method": method_page, "validation": validation_page}
"""What makes the pages that people wrote, by the names of `written_pages.available_pages`."""


def make_page(project: Project, name: str, out: Path) -> None:
    """Write the body of a page that people wrote at `out`; `name` is one of `WRITTEN`."""
    save_body(render_markdown_page(WRITTEN[name](project)), out)


def fill_template(template: Path, project: Project) -> str:
    """Return the page's markdown; an unknown name in the template is an error.

    Delimiters are << >> and <% %>, since pandoc and TeX need the braces.
    """
    environment = Environment(
        variable_start_string="<<", variable_end_string=">>",
        block_start_string="<%", block_end_string="%>",
        comment_start_string="<#", comment_end_string="#>",
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= {"share": percent, "decimal": decimal, "day": day, "power": power}
    environment.filters |= {"listed": listed, "noun": noun}
    environment.filters["whole"] = partial(decimal, digits=0)
    records = _read(project, REFERENCE) or []
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        reference_numbers=partial(reference_numbers, records),
        record_count=len(records),
        proof=_read(project, PROOF),
        effects=_read(project, EFFECTS),
        found=_read(project, FACTS),
        has_validation=project.find(*EXECUTED).exists(),
        constant=_constants(project),
        threshold={code: one.value for code, one in load_thresholds(project).items()},
    )


def section_of(record: dict[str, Any]) -> str | None:
    """Return the section that a reference record belongs to."""
    name = f"{record['model']} {record['quantity']}"
    return next((code for code, pattern in SECTIONS.items() if re.search(pattern, name)), None)


@dataclass(frozen=True)
class ReferenceNumbers:
    """Reference numbers of one origin: how many, from where, and their widest tolerances.

    A bound is «rel» or «abs» and the tolerance; without any, numbers agree exactly.
    """

    count: int
    sources: list[str]
    bounds: list[tuple[str, float]]


def reference_numbers(
    records: Sequence[dict[str, Any]], *sections: str
) -> dict[str, ReferenceNumbers]:
    """Return what the sections' functions are checked against: «computed», «published»."""
    own = [record for record in records if section_of(record) in sections]
    published = [record for record in own if record["source"].startswith("PUBLISHED")]
    computed = [record for record in own if record not in published]
    origins = {"computed": (computed, _programs), "published": (published, _publications)}
    return {
        name: ReferenceNumbers(len(found), sources(found), _bounds(found))
        for name, (found, sources) in origins.items()
        if found
    }


def _bounds(records: Sequence[dict[str, Any]]) -> list[tuple[str, float]]:
    widest: dict[str, float] = {"rel": 0.0, "abs": 0.0}
    for record in records:
        kind = record["tolerance_kind"]
        if kind in widest:
            widest[kind] = max(widest[kind], record["tolerance"])
    return [(kind, value) for kind, value in widest.items() if value]


def _programs(records: Sequence[dict[str, Any]]) -> list[str]:
    sources = (re.sub(r" \(.*\)", "", record["source"]) for record in records)
    names = {name.strip() for source in sources for name in source.split(";")}
    return sorted(names, key=lambda name: (not name.startswith("R "), name))


def _publications(records: Sequence[dict[str, Any]]) -> list[str]:
    texts = {re.sub(r"^PUBLISHED: | \(recalled digits\)$", "", one["source"]) for one in records}
    return sorted(texts - {"same"})


def power(value: float) -> str:
    """Return a tolerance as printed: 1e-09 is «10⁻⁹»."""
    digits, exponent = f"{value:.1e}".split("e")
    if int(exponent) > -4:
        return decimal(value, 4).rstrip("0")
    factor = decimal(float(digits), 1).removesuffix(",0")
    return ("" if factor == "1" else f"{factor}·") + f"10^−{-int(exponent)}^"


def percent(value: float | None, error: float | None = None) -> str:
    """Return a rate in percent, with its Monte-Carlo error after ±; «–» where there is none."""
    if value is None:
        return "–"
    shown = decimal(100 * value, 1)
    return shown if error is None else f"{shown} ± {decimal(100 * error, 1)}"


def day(iso: str) -> str:
    """Return «2026-11-22» as «22.11.2026»."""
    return ".".join(reversed(iso.split("-")))


def _constants(project: Project) -> dict[str, Any]:
    """Return the settings that the page names, from where they are used."""
    return {
        "changes_fdr": load_thresholds(project)[LEVEL_CODE].value,
        "list_fdr": Q,
        "least_pupils": LEAST_PUPILS,
        "p_cap": P_CAP,
        "weight_all": WEIGHT_ALL,
        "kendall": [(n, exact_kendall_p(n, n * (n - 1) // 2)) for n in range(3, 7)],
    }


def _read(project: Project, parts: tuple[str, ...]) -> Any:
    path = project.find(*parts)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
