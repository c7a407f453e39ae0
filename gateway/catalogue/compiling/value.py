"""A piece of emitted Python that is safe along absent fields.

`req.period.start` where the period may be absent is the bare source `req.period.start` under the guard `req.period is
not None`. Whether that becomes `... if ... else None`, `... and ...` or a condition of a comprehension is decided where
the value is used, so that the emitted line is the one a careful engineer would have written there.
"""

from dataclasses import dataclass

from gateway.catalogue.compiling.kinds import BOOL, Kind

ATOM, SUM, COMPARE, NOT, AND, OR, CHOICE = 7, 6, 5, 4, 3, 2, 1
"""How tightly a piece of source binds, as Python's grammar has it."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition without which a value is absent; `binds` names the variable it assigns, and from what."""

    holds: str
    fails: str
    binds: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """One compiled expression.

    `bare` may be worked out only when every guard holds, and may itself be None when `nullable`. `stable` means that
    writing it twice costs nothing. `path` is where it comes from (`req.period.start`), empty for what is worked out.
    `digs` holds the source of a tree and the keys into it while a path into it is still being read. `if_true` and
    `if_false` are the guards known to hold where the value, as a condition, was found true or false.
    """

    bare: str
    kind: Kind
    level: int = ATOM
    nullable: bool = False
    stable: bool = False
    guards: tuple[Guard, ...] = ()
    path: str = ""
    digs: tuple[str, tuple[str | int, ...]] | None = None
    if_true: tuple[str, ...] = ()
    if_false: tuple[str, ...] = ()

    @property
    def may_be_absent(self) -> bool:
        """True when the value can be None at all."""
        return self.nullable or bool(self.guards)


def at(source: str, level: int, wanted: int) -> str:
    """The source, in parentheses where its surroundings bind tighter."""
    return source if level >= wanted else f"({source})"


def as_value(value: Value, wanted: int = CHOICE) -> str:
    """Source of the value itself, None when absent."""
    if not value.guards:
        return at(value.bare, value.level, wanted)
    source = f"{at(value.bare, value.level, OR)} if {_all(value.guards)} else None"
    return at(source, CHOICE, wanted)


def as_test(value: Value, wanted: int = CHOICE) -> str:
    """Source of a condition: false when absent, empty or false."""
    if not value.guards:
        return at(value.bare, value.level, wanted)
    return at(f"{_all(value.guards)} and {at(value.bare, value.level, NOT)}", AND, wanted)


def under(guards: tuple[Guard, ...], source: str | None, level: int = COMPARE) -> Value:
    """A condition that is false when a guard fails; without source the guards alone are the condition."""
    parts = [guard.holds for guard in guards] + ([at(source, level, NOT)] if source else [])
    facts = tuple(guard.holds for guard in guards)
    return Value(" and ".join(parts), BOOL, level if source and not guards else AND, if_true=facts)


def unless(guards: tuple[Guard, ...], source: str | None, level: int = COMPARE) -> Value:
    """A condition that is true when a guard fails."""
    parts = [guard.fails for guard in guards] + ([at(source, level, AND)] if source else [])
    facts = tuple(guard.holds for guard in guards)
    return Value(" or ".join(parts), BOOL, level if source and not guards else OR, if_false=facts)


def clauses(value: Value, name: str, *, walks: str) -> str:
    """`for name in ...` over a list that may be absent; `walks` is the source that is walked.

    Python allows no assignment in what a comprehension walks, so a guard that binds becomes a loop over one element.
    """
    text, waiting = "", []
    for guard in value.guards:
        if guard.binds is None:
            waiting.append(guard.holds)
            continue
        variable, source = guard.binds
        held = guard.holds.replace(f"({variable} := {source})", variable)
        text += f"for {variable} in {_one(f'({source},)', waiting)} if {held} "
        waiting = []
    return f"{text}for {name} in {_one(walks, waiting)}"


def together(*values: Value) -> tuple[Guard, ...]:
    """The guards of several values, each once, in order."""
    return tuple(dict.fromkeys(guard for value in values for guard in value.guards))


def literal(constant: str | bool | int | None) -> str:
    """A constant as source, texts in double quotes as the formatter would have them; always by way of `repr`."""
    source = repr(constant)
    if isinstance(constant, str) and source[0] == "'" and '"' not in constant:
        return f'"{source[1:-1]}"'
    return source


def _all(guards: tuple[Guard, ...]) -> str:
    return " and ".join(guard.holds for guard in guards)


def _one(walked: str, waiting: list[str]) -> str:
    return f"({walked} if {' and '.join(waiting)} else ())" if waiting else walked
