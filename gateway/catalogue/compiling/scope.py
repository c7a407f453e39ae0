"""Which names an expression sees, what they are, and what compiling it gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gateway.catalogue.compiling.kinds import BOOL, Kind
from gateway.model.reflect import StructType
from gateway.wire.function_specs import FUNCTIONS

RULE_FUNCTIONS = frozenset(FUNCTIONS) - {
    "now", "nonce", "request_no", "attempt_no", "lookup", "encode", "decode", "today",
}  # fmt: skip
"""What a routing rule may call: everything that needs neither a carrier nor an attempt."""


@dataclass(frozen=True, slots=True)
class CodecCall:
    """How a generated module applies a codec: its source around a value's source, its result, what it imports."""

    source: Callable[[str], str]
    result: Literal["text", "int", "bool", "decimal", "date", "datetime", "money", "any"] = "text"
    imports: frozenset[str] = frozenset()


Codecs = Callable[[str, Literal["encode", "decode"]], CodecCall]
"""The caller's knowledge of codecs, for `encode` and `decode`; raises ValueError with the reason for a bad one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The surroundings of an expression. What is None, False or empty is not there, and naming it is a fault.

    `req` is the request's type, `item` that of the element a shape or list row stands for, `up` that of the object
    around it. `numbered` gives `n` and `n0`, `wire` the decoded message (with `element` one element `w` of its lists),
    `reply` also `http.status` and `header.*`, `context` what comes from the channel (`config`, `binding`, `refs`).
    `steps` and `hooks` name what may follow the dot; `hooks=None` lets every hook pass. `tables` gives for `lookup` the
    emitted name of each table's columns, "" being the carrier's code. `zone` is the carrier's time zone.
    `constants` gives those of the call whose layers these are, `constant.type`.
    `token` gives the channel's access token, a text. `texts_only` says that
    the message holds texts and no numbers; `here` is the emitted name of the element of the message this expression
    stands in.
    """

    req: StructType | None = None
    item: Kind | None = None
    up: Kind | None = None
    numbered: bool = False
    wire: bool = False
    element: bool = False
    reply: bool = False
    context: bool = True
    steps: frozenset[str] = frozenset()
    constants: Mapping[str, str] | None = None
    hooks: frozenset[str] | None = None
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    codecs: Codecs | None = None
    functions: frozenset[str] = frozenset(FUNCTIONS)
    zone: str = "+08:00"
    token: bool = False
    texts_only: bool = False
    here: str = ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression as Python source for a function with `req`, `ctx`, `item`, `up`, `n`, `wire`, `status`, `headers`.

    `source` yields the value, None when absent; compiled as a test, a condition that is false when absent. `optional`
    says that the value can be None. `names` are the roots named (`ctx` for functions of the attempt), `uses` the paths
    read: `req.period.start`, `wire.Head.Flag`, `config.channel_code`, and `req.insureds.role` for the elements of a
    list; a path to a list or object says that it was looked at, not everything in it. `imports` come from
    `gateway.wire` (`Decimal`, `date` and `datetime` from the standard library), `models` from `gateway.model`; `hooks`
    are the functions called in the carrier's `hooks` module.
    """

    source: str
    kind: Kind
    optional: bool
    names: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    hooks: frozenset[str] = frozenset()

    @property
    def condition(self) -> str:
        """The source as a `bool`, for functions that return one."""
        return self.source if self.kind == BOOL and not self.optional else f"bool({self.source})"
