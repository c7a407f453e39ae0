"""Serial numbers and random characters of a mock carrier, repeatable from a seed or given by a test."""

from collections import deque
from collections.abc import Iterable, Mapping
from random import Random
from uuid import UUID


class Numbers:
    """Everything in a reply that is neither the request's nor the state's."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)
        self._serials: dict[str, int] = {}
        self._given: deque[str] = deque()

    def serial(self, name: str) -> int:
        """The next number of a series, from 1."""
        self._serials[name] = found = self._serials.get(name, 0) + 1
        return found

    def nonce(self, length: int, alphabet: str) -> str:
        """Random characters, or the next given text."""
        if self._given:
            return self._given.popleft()
        return "".join(self._random.choices(alphabet, k=length))

    def uuid(self) -> str:
        """A random UUID, or the next given text."""
        if self._given:
            return self._given.popleft()
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def give(self, serials: Mapping[str, int], nonces: Iterable[str] = ()) -> None:
        """Say what comes next: the next number of each series, the next random texts."""
        self._serials.update({name: number - 1 for name, number in serials.items()})
        self._given.extend(nonces)
