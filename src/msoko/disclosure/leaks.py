"""The last guard before a public edition: what a person typed, or a report let through."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from msoko.core.errors import DataRefused
from msoko.disclosure.leak_guard.contacts import find_contacts
from msoko.disclosure.leak_guard.organisation_names import OrganisationNames
from msoko.disclosure.leak_guard.person_names import Known, find_names, knows_nobody
from msoko.disclosure.leak_guard.plain_text import masked, plain_text
from msoko.disclosure.leak_guard.published_texts import Passage
from msoko.disclosure.leak_guard.typed_counts import find_typed_counts

SHOWN = 10
"""How many findings the refusal lists."""
SPACE = re.compile(r"\s+")
HIDDEN = "\n•\n"
"""What stands for a text that may be published: no name goes on across it."""


@dataclass(frozen=True, order=True)
class Leak:
    """What was found where; `text` is what a reader would learn, and is shown masked."""

    page: str
    place: str
    kind: str
    text: str

    def __str__(self) -> str:
        place = f", {self.place}" if self.place else ""
        return f"{self.page}{place}: {self.kind} «{masked(SPACE.sub(' ', self.text))}»"


@dataclass(frozen=True)
class Guard:
    """What must not be published beside what is personal by its form, and what may be.

    `forbidden` are matched as whole words, whatever the case; texts shorter than three signs
    are ignored, for they match by chance. `allowed` are texts that a profile signs for.
    """

    forbidden: tuple[str, ...] = ()
    organisations: OrganisationNames = field(default_factory=OrganisationNames)
    is_known: Known = knows_nobody
    allowed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_forbidden", _lowered(self.forbidden))
        object.__setattr__(self, "_allowed", _any_of(self.allowed))

    def find(self, text: str) -> list[tuple[str, str]]:
        """Return the kind and the text of whatever must not be published."""
        plain = plain_text(text)
        found = list(self._search(plain))
        if (
            found and self._allowed
        ):  # rarely: to take texts out of a page costs as much as to read it
            found = list(self._search(self._allowed.sub(HIDDEN, plain)))
        return found

    def _search(self, plain: str) -> Iterator[tuple[str, str]]:
        yield from find_contacts(plain)
        yield from (
            (kind, plain[start:end]) for kind, start, end in find_names(plain, self.is_known)
        )
        for start, end in self.organisations.find(plain):
            yield "организация", plain[start:end]
        spaced = SPACE.sub(" ", plain)
        small = spaced.lower()
        for wanted in self._forbidden:
            if wanted in small and (match := _any_of([wanted]).search(spaced)):
                yield "запрещённый текст", match[0]


def find_leaks(page: str, passages: Iterable[Passage], guard: Guard) -> list[Leak]:
    """Return what must not be on a public page, in a fixed order."""
    return sorted(
        {
            Leak(page, one.place, kind, text)
            for one in passages
            for kind, text in guard.find(one.text)
        }
    )


def refuse_leaks(
    files: Mapping[str, Iterable[Passage]],
    guard: Guard,
    typed: Callable[[], Mapping[str, Iterable[Passage]]] = dict,
) -> None:
    """Raise DataRefused naming place and masked text where a public edition would leak.

    `typed` gives the texts that people wrote, asked only then: what leaks stands in one of them.
    """
    leaks = [leak for name in sorted(files) for leak in find_leaks(name, files[name], guard)]
    if not leaks:
        return
    sources = _origins(leaks, typed(), guard)
    lines = [f"  {leak}" for leak in leaks[:SHOWN]]
    if len(leaks) > SHOWN:
        lines.append(f"  … и ещё {len(leaks) - SHOWN}")
    if sources:
        lines += ["Написано здесь:", *(f"  {leak}" for leak in sources[:SHOWN])]
    raise DataRefused(
        "Открытая редакция не выпущена: в ней остались сведения, которые нельзя публиковать.\n"
        + "\n".join(lines)
        + "\nУберите их или выпустите служебную редакцию (internal). Если текст должен стоять "
        "(кто подписал, чьё имя носит школа), внесите его с подписью в published_names профиля. "
        "Прежняя редакция, если была, осталась на месте."
    )


def refuse_typed_counts(prose: Mapping[str, Iterable[Passage]]) -> None:
    """Raise DataRefused where somebody typed a small number of persons into a notebook's prose."""
    found = [
        Leak(name, one.place, "малое число, вписанное в текст", match[0])
        for name in sorted(prose)
        for one in prose[name]
        for match in find_typed_counts(plain_text(one.text))
    ]
    if found:
        raise DataRefused(
            "Открытая редакция не выпущена: в тексте отчёта названо так мало человек, что их "
            "можно узнать, а сокрытие действует только на вычисленные числа.\n"
            + "\n".join(f"  {leak}" for leak in found[:SHOWN])
            + "\nУберите число или дайте его вызовом, который скрывает малые."
        )


def _origins(leaks: list[Leak], typed: Mapping[str, Iterable[Passage]], guard: Guard) -> list[Leak]:
    """Return where people typed what leaks."""
    wanted = {_key(leak.text) for leak in leaks}
    return [
        leak
        for name in sorted(typed)
        for leak in find_leaks(name, typed[name], guard)
        if _key(leak.text) in wanted
    ]


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())


def _lowered(texts: Iterable[str]) -> tuple[str, ...]:
    plain = {SPACE.sub(" ", plain_text(text)).strip().lower() for text in texts}
    return tuple(sorted(one for one in plain if len(one) > 2))


def _any_of(texts: Iterable[str]) -> re.Pattern[str] | None:
    plain = {plain_text(text).strip() for text in texts}
    kept = sorted((one for one in plain if len(one) > 2), key=lambda one: (-len(one), one))
    if not kept:
        return None
    words = (r"\s+".join(map(re.escape, one.split())) for one in kept)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
