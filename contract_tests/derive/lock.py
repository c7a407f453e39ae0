"""`contract.lock.json`: a carrier's derived cases as they were when somebody last looked at them.

The file says what it was made from: the hash of the mapping, of the canonical schema, and the engine's major version.
One of them is another now: the lock is old and nothing is run against it; `insurehub test --update-lock` makes it anew.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from contract_tests.derive.edit import Case
from contract_tests.examples.subject import LOCK_FILE, UPDATE, Subject
from gateway.model.operations import OPERATIONS

FORM = 1
BYTES_MAX = 32 * 1024 * 1024

Groups = Mapping[str, Mapping[str, str]]
Cases = Mapping[str, Mapping[str, Groups]]


class Lock(Struct, frozen=True, kw_only=True):
    """Cases by file, example, group and name, each with what came of it."""

    lock: int
    carrier: str
    provenance: str
    engine: str
    canonical: str
    mapping: str
    cases: Cases


class OldLock(Exception):
    """A lock that was made from something else than what is there now; says what to run."""


def read_lock(subject: Subject) -> Lock | None:
    """The carrier's lock, None where it has none. Raises OldLock for one that is not of this mapping."""
    lock = read_any(subject)
    for name, made_from in _made_from(subject).items() if lock is not None else ():
        if getattr(lock, name) != made_from:
            words = {"mapping": "the mapping", "canonical": "the canonical schema", "engine": "insurehub"}
            command = UPDATE.format(carrier=subject.carrier)
            raise OldLock(f"{LOCK_FILE} is older than {words.get(name, name)}: see what changed, then {command}")
    return lock


def read_any(subject: Subject) -> Lock | None:
    """The carrier's lock, whatever it was made from. Raises OldLock for a file that is none."""
    path, command = subject.folder / LOCK_FILE, UPDATE.format(carrier=subject.carrier)
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > BYTES_MAX:
            raise OldLock(f"{LOCK_FILE} is longer than {BYTES_MAX} bytes: {command}")
        return msgspec.json.decode(path.read_bytes(), type=Lock)
    except (msgspec.DecodeError, OSError) as error:
        raise OldLock(f"{LOCK_FILE} cannot be read ({error}): {command}") from None


def names_of(lock: Lock | None) -> dict[tuple[str, str, str, str], str]:
    """Every case of a lock under its whole name."""
    return {
        (file, example, group, name): ended
        for file, examples in (lock.cases if lock is not None else {}).items()
        for example, groups in examples.items()
        for group, cases in groups.items()
        for name, ended in cases.items()
    }


def changes_of(before: Mapping[Any, str], after: Mapping[Any, str]) -> tuple[int, int, int]:
    """How many cases are new, are gone, and end otherwise."""
    otherwise = sum(before[name] != after[name] for name in before.keys() & after.keys())
    return len(after.keys() - before.keys()), len(before.keys() - after.keys()), otherwise


def write_lock(subject: Subject, cases: Iterable[Case]) -> int:
    """Freeze the cases beside the carrier; how many there are."""
    found = grouped(cases)
    head = {"lock": FORM, "carrier": subject.carrier, "provenance": "derived", **_made_from(subject)}
    (subject.folder / LOCK_FILE).write_text("".join(_lines(head, found)), "utf-8")
    return sum(len(names) for examples in found.values() for groups in examples.values() for names in groups.values())


def grouped(cases: Iterable[Case]) -> Cases:
    """Cases by file, example, group and name."""
    found: dict[str, dict[str, dict[str, dict[str, str]]]] = {}
    for case in cases:
        groups = found.setdefault(case.file, {}).setdefault(case.example, {})
        groups.setdefault(case.edit.group, {})[case.edit.name] = case.ended
    return found


def _made_from(subject: Subject) -> dict[str, Any]:
    hashes = subject.tree.sha256 if subject.tree is not None else {}
    names = "\n".join(f"{Path(name).name} {digest}" for name, digest in sorted(hashes.items()))
    mapping = hashlib.sha256(names.encode()).hexdigest()
    major = version("insurehub").partition(".")[0]
    return {"lock": FORM, "engine": major, "canonical": _canonical(), "mapping": mapping}


@lru_cache(maxsize=1)
def _canonical() -> str:
    """The hash of every request and result a mapping may speak of."""
    kinds = [kind for each in OPERATIONS.values() for kind in (each.request, each.result)]
    told = msgspec.json.schema_components(kinds)
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _lines(head: Mapping[str, Any], found: Mapping[str, Mapping[str, Groups]]) -> Iterator[str]:
    """One line for each group of an example: what changes is seen in a review."""
    yield "{\n" + "".join(f"{_json(name)}: {_json(value)},\n" for name, value in head.items()) + '"cases": {\n'
    for last_file, (file, examples) in _with_last(found):
        yield f"{_json(file)}: {{\n"
        for last_example, (example, groups) in _with_last(examples):
            yield f" {_json(example)}: {{\n"
            for last, (group, cases) in _with_last(groups):
                yield f"  {_json(group)}: {_json(cases)}{'' if last else ','}\n"
            yield f" }}{'' if last_example else ','}\n"
        yield f"}}{'' if last_file else ','}\n"
    yield "}}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _with_last(found: Mapping[str, Any]) -> Iterator[tuple[bool, tuple[str, Any]]]:
    yield from ((number == len(found), item) for number, item in enumerate(found.items(), 1))
