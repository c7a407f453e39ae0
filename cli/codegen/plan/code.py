"""The intermediate form: what a generated module will say, before it is written down.

Expressions are Python text already (literals through `repr`, names through `names.py`); what is kept apart is the
structure a reader sees: statements, blocks, functions, and the mapping line every one of them comes from.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

Tag = str
"""The mapping line a statement comes from, as its comment says it (`L41`); empty for what no line asked for."""


@dataclass(slots=True)
class Line:
    """One simple statement."""

    text: str
    tag: Tag = ""


@dataclass(slots=True)
class Arm:
    """One branch of an `if`; a `test` of None is the `else`."""

    test: str | None
    body: "list[Statement]"
    tag: Tag = ""


@dataclass(slots=True)
class If:
    """A chain of branches, the first that holds is taken."""

    arms: list[Arm]


@dataclass(slots=True)
class Block:
    """A `for` or `with` or `try` head and its body."""

    head: str
    body: "list[Statement]"
    tag: Tag = ""


@dataclass(slots=True)
class Try:
    """A body, and what is done with one kind of exception; `more` are further handlers, in order."""

    body: "list[Statement]"
    catch: str
    handler: "list[Statement]"
    more: "list[tuple[str, list[Statement]]]" = field(default_factory=list)


@dataclass(slots=True)
class Call:
    """A call that reads better with one argument on each line: `return Party(` ... `)`."""

    head: str
    arguments: list[tuple[str, Tag]]
    tail: str = ")"
    tag: Tag = ""


Statement = Line | If | Block | Try | Call


@dataclass(slots=True)
class Function:
    """One function of a generated module; `doc` is one plain sentence."""

    name: str
    parameters: list[str]
    returns: str
    body: list[Statement]
    doc: str = ""


@dataclass(slots=True)
class Constant:
    """One module-level assignment."""

    name: str
    annotation: str
    text: str
    tag: Tag = ""


@dataclass(slots=True)
class Imports:
    """The names a module takes from elsewhere; sorted when written, so that equal plans give equal bytes."""

    names: dict[str, set[str]] = field(default_factory=dict)

    def add(self, module: str, name: str) -> str:
        """Import `name` and give it back, for use in an expression."""
        self.names.setdefault(module, set()).add(name)
        return name

    def lines(self) -> Iterator[str]:
        """The import statements: the standard library, then ours; an empty line between the two."""
        ours = [module for module in sorted(self.names) if module.startswith(("adapters", "gateway"))]
        others = [module for module in sorted(self.names) if module not in ours]
        for group in (others, ours):
            for module in group:
                yield f"from {module} import {', '.join(sorted(self.names[module]))}"
            if group is others and others:
                yield ""


@dataclass(slots=True)
class Module:
    """One generated module: what its frame needs, and its functions and constants in reading order."""

    name: str
    title: str
    mapping: str
    sha256: str
    imports: Imports = field(default_factory=Imports)
    constants: list[Constant] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    exports: list[Constant] = field(default_factory=list)

    def define(self, constant: Constant) -> str:
        """Add a constant once and give back its name."""
        if all(known.name != constant.name for known in self.constants):
            self.constants.append(constant)
        return constant.name


def texts_of(body: Iterable[Statement]) -> Iterator[str]:
    """Every piece of source in some statements."""
    for each in body:
        match each:
            case Line(text):
                yield text
            case If(branches):
                for arm in branches:
                    yield arm.test or ""
                    yield from texts_of(arm.body)
            case Block(head, inner):
                yield head
                yield from texts_of(inner)
            case Try(inner, _, handler, more):
                yield from texts_of([*inner, *handler, *(line for _, lines in more for line in lines)])
            case Call(head, arguments):
                yield head
                yield from (text for text, _ in arguments)


def arms(*branches: tuple[str | None, Iterable[Statement], Tag]) -> If:
    """An `if` from (test, body, tag) triples."""
    return If([Arm(test, list(body), tag) for test, body, tag in branches])
