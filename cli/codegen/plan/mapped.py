"""One generated mapping function: what it needs of its caller, and how it is called."""

from __future__ import annotations

from dataclasses import dataclass, field

from cli.codegen.plan.code import Function, Module
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.expressions import Scope
from cli.mapping.tree import Message, Row

# The parameters a mapped function may need beside its object, in the order they are written.
PARAMETERS = ("req", "ctx", "up", "n", "above", "wire", "raw", "at", "status", "headers", "problems")


@dataclass(slots=True)
class Mapped:
    """One generated mapping function and what it needs from its caller."""

    function: Function
    module: str
    uses: frozenset[str]
    requests: set[str] = field(default_factory=set)

    def call(self, first: str, arguments: dict[str, str]) -> str:
        """A call of it."""
        rest = [arguments.get(name, name) for name in PARAMETERS if name in self.uses]
        return f"{self.function.name}({', '.join([first, *rest])})"


def added(module: Module, function: Function) -> Function:
    """The function in the module; one that says the same already serves for both."""
    for known in module.functions:
        if (known.parameters, known.returns, known.body) == (function.parameters, function.returns, function.body):
            return known
    module.functions.append(function)
    return function


def free_name(env: Environment, stem: str, ending: str) -> str:
    """A name that no function of the module has yet: `stem` and `ending`, with a number between them where need be."""
    taken = {function.name for function in env.module.functions}
    name, count = f"{env.prefix}{stem}{ending}", 2
    while name in taken:
        name, count = f"{env.prefix}{stem}_{count}{ending}", count + 1
    return name


def plain_row(message: Message) -> Row | None:
    """The one row of a list of plain values (`fields: { code: { to: . } }`), or None."""
    if len(message.rows) == 1 and not message.send and not message.cases and not message.blank:
        (row,) = message.rows
        if row.to is not None and row.to.text == "." and row.body is None and row.shape is None and not row.cases:
            return row
    return None


def value_row(message: Message) -> Row | None:
    """The row of a list of plain values that stand in objects (`fields: { .: { to: code } }`), or None."""
    rows = [row for row in message.rows if row.canonical.text == "." and row.to is not None]
    return rows[0] if rows and rows[0].body is None and rows[0].shape is None and not rows[0].cases else None


def parameter(env: Environment, name: str, scope: Scope) -> str:
    """One parameter of a mapped function, with its type."""
    imports = env.module.imports
    match name:
        case "req":
            assert scope.request is not None
            return f"req: {scope.request.python(imports)}"
        case "ctx":
            return f"ctx: {imports.add('gateway.wire', 'Context')}"
        case "up":
            assert scope.around is not None
            return f"up: {scope.around.required().python(imports)}"
        case "n" | "status":
            return f"{name}: int"
        case "headers":
            return "headers: dict[str, str]"
        case "raw":
            return "raw: dict[str, str]"
        case "at":
            return "at: str"
        case "problems":
            return "problems: list[str]"
    imports.add("gateway.wire", "Wire")
    return f"{name}: Wire"
