"""The derived cases that are likely to notice a mutant, before all others: those about the same names.

It is an order and no choice: where none of these notices, every case has its turn. What has noticed a mutant of the
same operator before counts more.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec.structs import replace

from contract_tests.derive.checks import Derived
from contract_tests.examples.check import Check
from contract_tests.in_memory import Sources
from contract_tests.mutate.build import sides_of
from contract_tests.mutate.mutant import Mutant

_WORD = re.compile(r"\w+")
CASES_KEPT = 100_000

Names = frozenset[str]


class Near:
    """What is likely to notice, of one carrier."""

    def __init__(self) -> None:
        """Nothing has noticed anything yet."""
        self._paid: defaultdict[str, set[str]] = defaultdict(set)

    def paid(self, check: Check, mutant: Mutant) -> None:
        """Remember what has noticed a mutant."""
        self._paid[mutant.operator].add(check.name)

    def first(self, checks: Sequence[Check], mutant: Mutant, sources: Sources, unchanged: Sources) -> list[Check]:
        """The cases about names of the mutant, as checks of their own, the likeliest first."""
        said, touched = _names(mutant.words), _touched(sources, unchanged)
        sides, paid = sides_of(sources, unchanged), self._paid[mutant.operator]
        found: list[tuple[tuple[bool, int], Check]] = []
        for check in checks:
            assert isinstance(check.prove, Derived)
            cases = check.prove.cases
            scores = {name: score for name in cases if (score := _score(name, said, touched))}
            if scores:
                near = {name: cases[name] for name in sorted(scores, key=lambda name: -scores[name])}
                is_likely = check.name.split("-")[1] in sides
                best = max(scores.values()) + (PAID if check.name in paid else 0)
                found.append(((is_likely, best), replace(check, prove=Derived(check.prove.group, near))))
        return [check for _, check in sorted(found, key=lambda each: each[0], reverse=True)]


PAID, SAID, TOUCHED = 3, 2, 1


def _score(case: str, said: Names, touched: Names) -> int:
    """How much of a case's place and value the mutant is about; nothing where its last name is not."""
    way, last, value = _case(case)
    score = SAID * (last in said) + TOUCHED * (last in touched) + SAID * (not value.isdisjoint(said))
    return score and score + len(way & said)


@lru_cache(CASES_KEPT)
def _case(name: str) -> tuple[Names, str, Names]:
    place, _, value = name.partition("=")
    way = [each for each in place.split("/") if not each.isdecimal()]
    return frozenset(way[:-1]), (way or [""])[-1], _names(value)


@lru_cache(CASES_KEPT)
def _names(text: str) -> Names:
    return frozenset(_WORD.findall(text))


def _touched(sources: Sources, unchanged: Sources) -> Names:
    """The names on the lines of the adapter that are others now."""
    return frozenset(name for line in _lines(sources, unchanged) for name in _WORD.findall(line))


def _lines(sources: Sources, unchanged: Sources) -> Iterator[str]:
    for module, text in sources.items():
        before = unchanged.get(module, "")
        if text != before:
            yield from set(text.splitlines()) ^ set(before.splitlines())
