"""An entry added to a list that people keep in YAML, with every byte of theirs left as it was."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from msoko.core.errors import UsageError


def append_entries(text: str, key: str, entries: Sequence[str], shown: str) -> str:
    """Return `text` with `entries` (YAML of one item each, not indented) at the end of list `key`.

    Comments, order and quoting before it stay. The list must be the file's last key and written
    with dashes, for only then is the end of the file the end of the list; else `UsageError`.
    """
    if text and not text.endswith("\n"):
        text += "\n"
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    if key not in [name.value for name, _ in pairs]:
        return text + f"{key}:\n" + _items(entries, 2)
    name, value = pairs[-1]
    is_empty = isinstance(value, yaml.ScalarNode) and value.tag.endswith(":null")
    is_list = isinstance(value, yaml.SequenceNode) and not value.flow_style
    if name.value != key or not (is_empty or is_list):
        raise UsageError(
            f"{shown}: запись не дописана. Список «{key}» должен стоять в файле последним, по "
            f"записи с чёрточкой на строку. Поставьте его в конец (пустой – строкой «{key}:»)."
        )
    indent = value.start_mark.column if is_list else 2
    return text + _items(entries, indent)


def _items(entries: Sequence[str], indent: int) -> str:
    return "".join(_item(entry, " " * indent) for entry in entries)


def _item(entry: str, margin: str) -> str:
    first, *rest = entry.rstrip("\n").split("\n")
    lines = [f"{margin}- {first}", *(f"{margin}  {line}" if line else "" for line in rest)]
    return "\n".join(lines) + "\n"
