"""An entry goes to the end of a list, and nothing before it moves."""

from __future__ import annotations

import pytest
import yaml

from msoko.catalog.yaml.yaml_append import append_entries
from msoko.core.errors import UsageError

ENTRY = "code: new\ntext: слова\n"


@pytest.mark.parametrize(
    "text",
    [
        "# пояснение\ndecisions:\n  - code: a   # номер\n    text: 'x'\n",
        "decisions:\n- code: a\n\n# в конце – тоже пояснение\n",
        "decisions:\n    - {code: a, text: x}\n    - {code: b}",
        "other: 1\ndecisions:\n",
        "# пока ничего\ndecisions:\n",
        "# пока ничего\n",
        "",
    ],
)
def test_the_entry_is_added_and_the_rest_is_as_it_was(text: str) -> None:
    fresh = append_entries(text, "decisions", [ENTRY, ENTRY], "f.yml")
    assert fresh.startswith(text)
    before = (yaml.safe_load(text) or {}).get("decisions") or []
    added = {"code": "new", "text": "слова"}
    assert yaml.safe_load(fresh)["decisions"] == [*before, added, added]


@pytest.mark.parametrize(
    "text", ["decisions: [{code: a}]\n", "decisions:\n  - code: a\nother: 1\n"]
)
def test_a_list_whose_end_is_not_the_files_end_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        append_entries(text, "decisions", [ENTRY], "profiles/x/decisions.yml")
    assert str(refusal.value).startswith("profiles/x/decisions.yml: запись не дописана.")
