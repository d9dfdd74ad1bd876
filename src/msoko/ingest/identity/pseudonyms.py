"""Pupils' pseudonyms, and the project's key that makes them.

The key lies outside the repository. Without it nobody can go from a document
or a code to a pseudonym; with it, a person keeps one pseudonym across exams.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msoko.catalog import load_profile
from msoko.catalog.municipality.year_facts import read_year_facts
from msoko.core.errors import UsageError
from msoko.core.project import Project

VARIABLE = "MSOKO_SECRET"
PUBLIC_DEMO = b"msoko public-demo key: the pupils behind it are invented"
LENGTH = 16


def project_secret(project: Project) -> bytes:
    """Return the key of the project's municipality, made on first use.

    The variable MSOKO_SECRET goes first (at least 16 signs); then, for a profile
    with `pseudonym_key: public-demo` and invented pupils, a public key, so that the
    demo's bytes are the same everywhere; then the user's own file, mode 0600.
    """
    municipality = _municipality(project)
    return _given(project, municipality) or _own_key(municipality or "project")


def key_mark(project: Project) -> str:
    """Return a mark that differs between keys and tells nothing of them; `absent` before one.

    It is what the key itself makes of a fixed text, as hard to undo as a pseudonym: tables
    that another key made are known as stale, and the key is written nowhere.
    """
    municipality = _municipality(project)
    secret = _given(project, municipality)
    if secret is None:
        path = _key_path(municipality or "project")
        if not path.exists():
            return "absent"
        secret = path.read_bytes()
    return hmac.digest(secret, b"msoko: which key made these tables", hashlib.sha256).hex()[:LENGTH]


def _given(project: Project, municipality: str) -> bytes | None:
    """Return the key that the variable or a synthetic profile gives."""
    given = os.environ.get(VARIABLE)
    if given is not None:
        if len(given) < LENGTH:
            raise UsageError(f"переменная {VARIABLE} короче {LENGTH} знаков. Задайте ключ длиннее.")
        return given.encode()
    return PUBLIC_DEMO if _is_public(project, municipality) else None


def _municipality(project: Project) -> str:
    """Return the municipality that the latest year.yml names, empty where none does."""
    for year in reversed(project.raw_years()):
        try:
            municipality = read_year_facts(project, year).get("municipality")
        except UsageError:
            continue  # the intake refuses it too, when it comes to it
        if municipality:
            return str(municipality)
    return ""


def _is_public(project: Project, municipality: str) -> bool:
    if not re.fullmatch(r"[a-z0-9_-]+", municipality):
        return False
    if not project.find("profiles", f"{municipality}.yml").exists():
        return False
    profile = load_profile(project, municipality)
    if profile.pseudonym_key not in ("", "public-demo"):
        raise UsageError(
            f"profiles/{municipality}.yml: pseudonym_key бывает только public-demo. "
            "Уберите строку: ключ не хранится в проекте."
        )
    if profile.pseudonym_key and not profile.is_synthetic:
        raise UsageError(
            f"profiles/{municipality}.yml: открытый ключ допустим лишь для вымышленных данных "
            "(is_synthetic: true). Уберите pseudonym_key."
        )
    return profile.pseudonym_key == "public-demo"


def _own_key(municipality: str) -> bytes:
    """Return the user's key, written on first use for this user alone."""
    path = _key_path(municipality)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_hex(32).encode())
    return path.read_bytes()


def _key_path(municipality: str) -> Path:
    return key_folder() / f"{re.sub(r'[^0-9A-Za-z_-]', '_', municipality)}.key"


def key_folder() -> Path:
    """Return the user's own folder of keys; what is made under them lies beside it."""
    import platformdirs

    return Path(platformdirs.user_data_dir("msoko", appauthor=False)) / "keys"


@dataclass
class Pseudonyms:
    """Turns a kind of key and its parts into sixteen hex digits.

    `links` joins keys to persons: (`vpr`, login, grade, code) or (`document`, digits)
    → the key of one person, kept by the school or the exam centre.
    """

    secret: bytes
    links: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    _made: dict[tuple[str, ...], str] = field(default_factory=dict, repr=False)

    def __call__(self, kind: str, *parts: str) -> str:
        """Return the pseudonym of the person behind the key, or of the key itself."""
        person = self.links.get(self._link(kind, parts))
        words = ("person", person) if person else (kind, *parts)
        if words not in self._made:
            message = "\x1f".join(words).encode()
            digest = hmac.digest(self.secret, message, hashlib.sha256)
            self._made[words] = digest.hex()[:LENGTH]
        return self._made[words]

    @staticmethod
    def _link(kind: str, parts: tuple[str, ...]) -> tuple[str, ...]:
        if kind == "vpr":  # login, year, subject, grade, code: links know no subject
            login, _, _, grade, code = parts
            return ("vpr", login, grade, code)
        return (kind, *parts)
