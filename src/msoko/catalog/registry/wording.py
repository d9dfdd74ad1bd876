"""Sentences from `registry/wording*.yml`, their slots filled with evidence-linked numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from msoko.catalog.registry.registry_words import FILTERS

if TYPE_CHECKING:
    from jinja2 import Environment, Template


class Wording:
    """The sentences of one report language, by dotted key."""

    def __init__(self, sentences: Mapping[str, object]) -> None:
        self.sentences = sentences

    def has(self, key: str) -> bool:
        return isinstance(self._find(key), str)

    def say(self, key: str, **slots: object) -> str:
        """Return the sentence of `key`; a slot that it needs and is not given is a defect."""
        text = self._find(key)
        if not isinstance(text, str):
            raise KeyError(f"registry/wording*.yml has no sentence {key!r}")
        made = template(text).render(slots).strip()
        # A unit such as «п. п.» ends in the point that would end the sentence.
        return re.sub(r"(?<!\.)\.\.(?!\.)", ".", made)

    def _find(self, key: str) -> object:
        place: object = self.sentences
        for word in key.split("."):
            place = place.get(word) if isinstance(place, Mapping) else None
        return place


@dataclass(frozen=True)
class WithoutSlots:
    """A sentence that says itself: most heads and captions do, and need no template engine."""

    text: str

    def render(self, _: Mapping[str, object]) -> str:
        return self.text


@cache
def template(text: str) -> Template | WithoutSlots:
    """Return a sentence ready to be filled; each is prepared once in a process."""
    return _environment().from_string(text) if "{" in text else WithoutSlots(text)


@cache
def _environment() -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    made = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)
    made.filters |= FILTERS
    return made
