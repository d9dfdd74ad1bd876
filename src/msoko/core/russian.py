"""The one Russian formatter: numbers, intervals, counted nouns, escaped text."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

NBSP = "\u00a0"
MINUS = "−"
NOTHING = "–"
"""What a table shows where there is no value."""

UNIT_SIGNS = {
    "percent": f"{NBSP}%",
    "score": "",
    "points": f"{NBSP}б.",
    "persons": f"{NBSP}чел.",
    "pieces": f"{NBSP}ед.",
    "percent_points": f"{NBSP}п.{NBSP}п.",
}
UNIT_NAMES = {
    "percent": "%",
    "score": "балл",
    "points": "балл",
    "persons": "чел.",
    "pieces": "ед.",
    "percent_points": "п. п.",
}
MONTHS = ("Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август", "Сентябрь",
          "Октябрь", "Ноябрь", "Декабрь")  # fmt: skip
MONTHS_OF_DATES = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа",
                   "сентября", "октября", "ноября", "декабря")  # fmt: skip
YEAR_SIGN = f"{NBSP}г."
"""What stands after the year of a date written out."""
DIGITS = {"percent": 1, "score": 2, "points": 1, "persons": 0, "pieces": 0, "percent_points": 1}


def decimal(value: float, digits: int = 1) -> str:
    """Return a number as printed: decimal comma, grouped thousands, a true minus.

    What rounds to zero has no sign, so that nothing reads «−0,0».
    """
    text = f"{abs(value):,.{digits}f}".replace(",", NBSP).replace(".", ",")
    is_zero = not any(figure in text for figure in "123456789")
    return text if value >= 0 or is_zero else MINUS + text


def signed(value: float, digits: int = 1) -> str:
    """Return a change as printed, with its plus or minus."""
    text = decimal(value, digits)
    return text if text.startswith(MINUS) or text.strip("0," + NBSP) == "" else "+" + text


def scaled(value: float, unit: str) -> float:
    """Return `value` in the unit that is printed: shares are kept as 0–1 and shown in %."""
    return value * 100 if unit in ("percent", "percent_points") else value


def amount(value: float | None, unit: str) -> str:
    """Return a value with its unit, «–» where there is none."""
    if value is None or math.isnan(value):
        return NOTHING
    return decimal(scaled(value, unit), DIGITS[unit]) + UNIT_SIGNS[unit]


def figure(value: float | None, unit: str) -> str:
    """Return a value without its unit, for a column whose head names it."""
    if value is None or math.isnan(value):
        return NOTHING
    return decimal(scaled(value, unit), DIGITS[unit])


def change(value: float, unit: str) -> str:
    """Return a change with its unit; a change of percents is in percentage points."""
    unit = "percent_points" if unit == "percent" else unit
    return signed(scaled(value, unit), DIGITS[unit]) + UNIT_SIGNS[unit]


def span(low: float | None, high: float | None, unit: str, *, is_change: bool = False) -> str:
    """Return an interval as printed, «от … до …»."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return NOTHING
    if is_change:
        unit = "percent_points" if unit == "percent" else unit
        return f"от{NBSP}{signed(scaled(low, unit), DIGITS[unit])} до{NBSP}{change(high, unit)}"
    return f"от{NBSP}{figure(low, unit)} до{NBSP}{amount(high, unit)}"


def counted(number: int, one: str, few: str, many: str) -> str:
    """Return «21 школа», «2 школы», «5 школ»."""
    return f"{decimal(number, 0)}{NBSP}{noun(number, one, few, many)}"


def noun(number: int, one: str, few: str, many: str) -> str:
    """Return the form of a noun that agrees with `number`."""
    tail, teen = abs(number) % 10, abs(number) % 100
    if 11 <= teen <= 14 or tail == 0 or tail >= 5:
        return many
    return one if tail == 1 else few


def listed(items: Sequence[str], last: str = "и") -> str:
    """Return «а, б и в»; items that hold a comma are parted by semicolons."""
    if len(items) < 2:
        return "".join(items)
    if any("," in item for item in items):
        return "; ".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def shortened(items: Sequence[str], most: int = 5) -> str:
    """Return the first items and how many more there are."""
    if len(items) <= most:
        return listed(items)
    parting = "; " if any("," in item for item in items) else ", "
    return f"{parting.join(items[:most])} и ещё {decimal(len(items) - most, 0)}"


def capitalised(text: str) -> str:
    """Return `text` with its first letter large and the others as they are."""
    return text[:1].upper() + text[1:]


def escaped(text: object) -> str:
    """Return a text from data so that Markdown shows it as it is, on one line.

    Control, private and direction marks are dropped: a name must not be able to
    turn the line around or start a tag.
    """
    if text is None or text != text:
        return NOTHING
    said = str(text)
    if not said.replace(NBSP, " ").isprintable():  # few texts have anything to drop
        said = "".join(
            " " if letter.isspace() and letter != NBSP else letter
            for letter in said
            if letter.isspace() or unicodedata.category(letter)[0] != "C"
        )
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~^$@\"'&:=/])", r"\\\1", said).strip() or NOTHING
