"""Text as an attentive reader sees it: one form of each sign, nothing invisible, no look-alikes."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
COMBINING = re.compile("[\u0300-\u036f\u0483-\u0489\u20d0-\u20f0]")
"""Marks over letters that are no part of a Russian letter: й and ё are single signs by then."""
DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]")
BLANKS = re.compile(r"[^\S\n]+")
LETTERS = re.compile(r"[^\W\d_]+")
FOREIGN_LETTER = "A-Za-z\u0370-\u03ff\u0406\u0408\u0456\u0458\u0405\u0455"
MIXED = re.compile(rf"[{FOREIGN_LETTER}][А-ЯЁа-яё]|[А-ЯЁа-яё][{FOREIGN_LETTER}]")
"""Two alphabets in one word: Latin, Greek or another Cyrillic beside Russian."""
LOOK_ALIKES = str.maketrans(
    "ABCEHKMOPTXYaceopxykmtnrbhugivΑΒΕΗΚΜΝΟΡΤΧΥΖΓΠαεηκοορτυχνπγІіЈјЅѕ",
    "АВСЕНКМОРТХУасеорхукмтпгьнидивАВЕНКМНОРТХУЗГПаепкоортухвпгИиЈјСс",
)
DIGIT_IN_WORD = re.compile(r"[03](?=[а-яё]{2})(?:(?<=[А-ЯЁа-яё].)|(?<![\w.,].)(?=[а-яё]{3}))")
SPACED = re.compile(r"[А-ЯЁ](?:[ .·_-][А-ЯЁа-яё]){3,}(?![А-ЯЁа-яё])")
"""A word written letter by letter: «К у з ь м и н»."""


def plain_text(text: str) -> str:
    """Return the text with one form of each sign; line ends stay where they were."""
    text = INVISIBLE.sub("", text)
    if not text.isascii():
        kept = text.replace("№", "\ue000")  # the normal form would write it in Latin letters
        text = COMBINING.sub("", unicodedata.normalize("NFKC", kept)).replace("\ue000", "№")
        text = INVISIBLE.sub("", text)
    text = BLANKS.sub(" ", DASHES.sub("-", text))
    if MIXED.search(text):
        text = LETTERS.sub(lambda word: _in_one_alphabet(word[0]), text)
    text = DIGIT_IN_WORD.sub(lambda digit: "о" if digit[0] == "0" else "з", text)
    return SPACED.sub(lambda word: re.sub(r"[ .·_-]", "", word[0]), text)


def _in_one_alphabet(word: str) -> str:
    return word.translate(LOOK_ALIKES) if MIXED.search(word) else word


def masked(text: str) -> str:
    """Return the text so that who wrote it knows it and nobody else learns it: «К…н П…»."""
    return re.sub(r"\w+", lambda word: _masked_word(word[0]), text)


def _masked_word(word: str) -> str:
    if word.isdigit():
        return "…" + word[-1] if len(word) > 2 else "…"
    return word if len(word) == 1 else f"{word[0]}…{word[-1] if len(word) > 4 else ''}"
