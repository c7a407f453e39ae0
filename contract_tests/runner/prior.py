"""What went before an example: found by name, carried out first, and its numbers taken over."""

import re
from typing import Any

from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.example import Example, ExampleFile, Stated
from contract_tests.examples.subject import Subject

AFTER_MAX = 20
_ORIGIN = re.compile(r"(?:https?|tcp)://[^/?#]+")
_ANYWHERE = ("outcome", "code", "carrier_code", "next", "must_not", "incomplete")


class Known:
    """What earlier operations gave, as the gateway keeps it: the numbers by kind, and what is to be given back."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.numbers: dict[str, str] = {}
        self.refs: dict[str, Any] = {}

    def hear(self, result: Any) -> None:
        """Keep what a reply gave."""
        self.numbers |= {number.kind: number.no for number in getattr(result, "numbers", ())}
        self.refs |= getattr(result, "refs", None) or {}

    def named_in(self, example: Example) -> Example:
        """The example with the numbers the carrier gave in the place of its own."""
        request = example.request
        if getattr(request, "numbers", ()):
            named = tuple(replace(each, no=self.numbers.get(each.kind, each.no)) for each in request.numbers)
            request = replace(request, numbers=named)
        return replace(example, request=request, refs={**example.refs, **self.refs})

    def unheard_in(self, example: Example) -> tuple[str, ...]:
        """The kinds of the numbers an example names that no reply gave."""
        return tuple(each.kind for each in getattr(example.request, "numbers", ()) if each.kind not in self.numbers)


def find_example(run: Run, name: str, word: str = "given.after") -> Example:
    """An example of this file by id, or of another by `operation/id`. Raises LookupError."""
    return example_named(run.file, run.subject, name, word)


def example_named(file: ExampleFile, subject: Subject, name: str, word: str) -> Example:
    """An example as a file names it: one of its own by id, or of another by `operation/id`. Raises LookupError."""
    operation, _, wanted = name.rpartition("/")
    if not operation:
        found = next((each for each in file.examples if each.id == wanted), None)
    else:
        mine = (file for file in subject.files if operation in (file.operation, file.path.stem))
        found = next((each for file in mine for each in file.examples if each.id == wanted), None)
    if found is None:
        raise LookupError(f"{word} names no example '{name}'")
    return found


def led_to(value: Any, origin: str) -> Any:
    """Settings with every address led to another host."""
    if isinstance(value, dict):
        return {name: led_to(each, origin) for name, each in value.items()}
    return _ORIGIN.sub(lambda _: origin, value) if isinstance(value, str) else value


def common_words(example: Example) -> dict[str, Stated]:
    """What another carrier's words cannot change: numbers, times and texts of a mock or sandbox are its own."""
    return {name: stated for name, stated in example.expect.words.items() if name in _ANYWHERE}
