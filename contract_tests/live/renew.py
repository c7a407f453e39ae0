"""An example made new for a run of its own: today's dates, people nobody has sent before."""

import random
import re
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from contract_tests.examples.example import Example
from contract_tests.examples.places import value_at

_RESIDENT = re.compile(r"9{6}\d{8}\d{3}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHANGED_MAX = 8
_STAYS = "birth_date"
"""A person keeps their age; everything else of an example's calendar moves with its clock."""


class Renewal:
    """One run's changes: the same old text becomes the same new one in every example of the run."""

    def __init__(self, now: datetime, chance: random.Random) -> None:
        """`now` is when the run happens."""
        self.now, self._chance = now, chance
        self._texts: dict[str, str] = {}
        self._days: int | None = None

    def of(self, example: Example) -> Example:
        """The example as it is sent in this run."""
        if example.request is None:
            return example
        kept = msgspec.to_builtins(example.request, builtin_types=(date, datetime))
        for path in example.live.unique if example.live is not None else ():
            old = value_at(kept, path)
            if isinstance(old, str) and old not in self._texts:
                self._texts[old] = self._other(old)
        begins_at = example.begins_at
        if self._days is None and begins_at is not None:
            self._days = (self.now.astimezone(begins_at.tzinfo).date() - begins_at.date()).days
        request = msgspec.convert(self._moved(kept), type(example.request))
        return replace(example, request=request)

    def _moved(self, tree: Any, name: str = "") -> Any:
        if isinstance(tree, dict):
            return {key: self._moved(value, key) for key, value in tree.items()}
        if isinstance(tree, list | tuple):
            return [self._moved(value, name) for value in tree]
        if isinstance(tree, date) and name != _STAYS:
            return tree + timedelta(days=self._days or 0)
        return self._texts.get(tree, tree) if isinstance(tree, str) else tree

    def _other(self, text: str) -> str:
        if _RESIDENT.fullmatch(text):
            return resident_id(text[:14], self._chance)
        places = [at for at, each in enumerate(text) if each.isascii() and each.isalnum()][-_CHANGED_MAX:]
        changed = list(text)
        for at in places:
            changed[at] = self._like(text[at])
        return "".join(changed)

    def _like(self, character: str) -> str:
        letters = "0123456789" if character.isdigit() else "abcdefghjkmnpqrstuvwxyz"
        found = self._chance.choice(letters)
        return found.upper() if character.isupper() else found


def resident_id(begin: str, chance: random.Random) -> str:
    """An identity number with these 14 first digits, and a right check character (ISO 7064, MOD 11-2)."""
    body = f"{begin}{chance.randrange(1000):03}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]
