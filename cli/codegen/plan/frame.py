"""What is known while one module, and in it one function, is being planned."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from cli.codegen.plan.code import Line, Module, Statement, Tag
from cli.codegen.plan.names import Locals
from gateway.catalogue.marks import Diagnostic, Mark


class Refused(Exception):
    """A mapping says something that cannot be generated; `diagnostic` tells where and what."""

    def __init__(self, code: str, mark: Mark, message: str, hint: str | None = None) -> None:
        """Make the diagnostic."""
        super().__init__(message)
        self.diagnostic = Diagnostic(code, mark, message, hint)


@dataclass(slots=True)
class Faults:
    """Every refusal of one generation; planning goes on behind a refused row, so that all faults show at once."""

    found: list[Diagnostic] = field(default_factory=list)

    def add(self, fault: Refused) -> None:
        """Note a refusal once."""
        if fault.diagnostic not in self.found:
            self.found.append(fault.diagnostic)

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Plan something; a refusal in it is noted and planning goes on behind it."""
        try:
            yield
        except Refused as fault:
            self.add(fault)


NOWHERE = Mark("", 0)


@dataclass(slots=True)
class Frame:
    """One function under construction.

    `body` is its top level. `uses` collects what of the surroundings it reads (`req`, `ctx`, `up`, `n`, `wire`,
    `above`), which becomes its parameters; `parameters` are those it has anyway, `counted` the counters a loop gives.
    A `forgiving` function notes what cannot be read among its `problems` and goes on; `looked` are the paths of the
    element that conditions about it look at, `gathered` the lists that items of other lists have given to. `constants`
    are those of the call whose layers these are.
    """

    module: Module
    locals: Locals = field(default_factory=Locals)
    body: list[Statement] = field(default_factory=list)
    uses: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)
    mark: Mark = NOWHERE
    repeated: frozenset[str] = frozenset()
    by_cases: set[str] = field(default_factory=set)
    is_result: bool = False
    forgiving: bool = False
    looked: set[str] = field(default_factory=set)
    gathered: set[str] = field(default_factory=set)
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    constants: Mapping[str, str] | None = None

    def probe(self) -> "Frame":
        """A frame to compile something in that is only looked at."""
        return Frame(self.module, parameters=set(self.parameters), mark=self.mark, constants=self.constants)

    def say(self, *statements: Statement) -> None:
        """Append statements to the function's top level."""
        self.body.extend(statements)

    @property
    def own(self) -> str:
        """The variable of the object this function is about."""
        return "item" if "item" in self.parameters else "req"

    def bind_up(self) -> str:
        """`up` for what stands in a comprehension: the object the function is about."""
        if "up" in self.uses:
            message = "a list's items and this object's own rows both speak of what is around them; use a shape"
            raise Refused("E242", self.mark, message)
        self.say_once(Line(f"up = {self.own}"))
        return "up"

    def say_once(self, line: Line) -> None:
        """Append a line unless the function says it already."""
        if line not in self.body:
            self.body.append(line)

    def tag(self, mark: Mark) -> Tag:
        """The comment that names a mapping line: `L41` of the module's own file, else with the file's name."""
        return line_tag(mark, self.module.mapping)


def line_tag(mark: Mark, mapping: str) -> Tag:
    """`L41`, or `policy_issue.yaml L41` where a line of another file was taken over."""
    if mark.line == 0:
        return ""
    return f"L{mark.line}" if mark.file == mapping else f"{PurePath(mark.file).name} L{mark.line}"
