"""What an evaluator answers, and how it is written in Great Expectations' form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from msoko.validate.suites.suite_files import Check, Suite

if TYPE_CHECKING:
    import pandas as pd

LOCATORS = ("source_id", "source_row", "source_column", "school_id", "form", "about")
"""The columns that lead from a row of a table to its cell; a table may lack some.

`form` stands in monitoring; `about` in comparisons of years, which have no cell:
`vpr/mathematics/4`.
"""

ROW_LIMIT = 20_000
"""At most so many failing rows of one check are traced to their cells.

More rows than that mean a wrong file, not wrong cells; their number is kept in full.
"""


@dataclass(frozen=True)
class CheckOutcome:
    """The answer to one check.

    `result` holds counts and percents (0–100) and never a value of the data.
    `rows` are the locators of failing rows, ordered, at most `ROW_LIMIT`.
    """

    check: Check
    success: bool
    result: dict[str, Any]
    rows: pd.DataFrame = field(compare=False, repr=False)

    @property
    def failing_count(self) -> int:
        return int(self.result.get("unexpected_count", 0))


def map_result(element: int, missing: int | None, unexpected: int) -> dict[str, Any]:
    """Return a row-wise result as Great Expectations words it.

    `missing` is None for an expectation about missingness itself. The arithmetic
    follows Great Expectations to the last bit, so that both evaluators write the
    same bytes.
    """
    considered = element if missing is None else element - missing
    total = unexpected / element * 100 if element else None
    nonmissing = total if missing is None else None
    if missing is not None and considered:
        nonmissing = unexpected / considered * 100
    result = {
        "element_count": element,
        "unexpected_count": unexpected,
        "unexpected_percent": nonmissing,
    }
    if missing is not None:
        result["missing_count"] = missing
        result["missing_percent"] = missing / element * 100 if element else None
        result["unexpected_percent_total"] = total
        result["unexpected_percent_nonmissing"] = nonmissing
    return result


def map_success(considered: int, unexpected: int, mostly: float) -> bool:
    """Return whether enough of the considered rows pass; with no rows, all do."""
    return not considered or (considered - unexpected) / considered >= mostly


def result_document(suite: Suite, outcomes: Sequence[CheckOutcome]) -> dict[str, Any]:
    """Return the suite's validation result in Great Expectations' form.

    Left out on purpose: run ids, times, batch ids and samples of values. The same
    tables give the same bytes, and no value of a pupil leaves the table.
    """
    passed = sum(outcome.success for outcome in outcomes)
    return {
        "success": passed == len(outcomes),
        "results": [
            {
                "success": outcome.success,
                "expectation_config": dict(outcome.check.config),
                "result": outcome.result,
                "meta": {},
                "exception_info": {
                    "raised_exception": False,
                    "exception_traceback": None,
                    "exception_message": None,
                },
            }
            for outcome in outcomes
        ],
        "suite_name": suite.name,
        "suite_parameters": {},
        "statistics": {
            "evaluated_expectations": len(outcomes),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(outcomes) - passed,
            "success_percent": passed / len(outcomes) * 100 if outcomes else None,
        },
        "meta": dict(suite.config.get("meta", {})),
        "id": None,
    }


def result_text(result: dict[str, Any]) -> str:
    """Return the text of a result file."""
    return json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
