"""Expressions: each is compiled in the scope it stands in, by the compiler the generator uses as well."""

import re
from typing import Literal

from cli.mapping.checks.surroundings import Checking, Place, WireFacts
from cli.mapping.codecs import parse_codec
from cli.mapping.grammar import SyntaxFault
from cli.mapping.tree import Expression, Value
from gateway.catalogue.compiling.scope import CodecCall, Codecs
from gateway.catalogue.expression import Compiled, Scope, compile_expression
from gateway.catalogue.marks import Mark
from gateway.wire.codecs import Site, plan_codec

_SECRET = re.compile(r"secret\.[a-z][a-z0-9_]*")
_NAMES_SECRET = re.compile(r"\bsecret\b")

Result = Literal["text", "int", "bool", "decimal", "date", "datetime", "money", "any"]
_RESULTS: dict[str, Result] = {
    "text": "text", "enum": "text", "share": "text", "int": "int", "bool": "bool", "decimal": "decimal",
    "date": "date", "datetime": "datetime", "money": "money",
}  # fmt: skip


def is_secret(value: Value | None) -> bool:
    """Whether a value is a secret and nothing else."""
    return isinstance(value, Expression) and _SECRET.fullmatch(value.source) is not None


def check_expression(
    checking: Checking,
    expression: Expression,
    place: Place | None,
    *,
    wanted: Literal["value", "test"] = "value",
    reply: bool = False,
    wire: bool = True,
) -> Compiled | None:
    """Compile an expression; without a place it sees the channel's settings only. Faults are E3xx."""
    if _NAMES_SECRET.search(_without_texts(expression.source)):
        hint = "a secret is a whole value: =secret.name; or a part of over"
        checking.say("E313", expression.mark, "a secret inside an expression", hint)
        return None
    scope = _scope(checking, place, reply=reply, wire=wire)
    compiled, found = compile_expression(expression.source, expression.mark, scope, wanted=wanted)
    checking.pass_on(found)
    if compiled is not None:
        checking.uses |= compiled.uses
        checking.token_sent = checking.token_sent or "token" in compiled.names
        for table in re.findall(r"""\blookup\(\s*["']([^"']+)""", expression.source):
            checking.tables_used.add(table)
    return compiled


def _without_texts(source: str) -> str:
    return re.sub(r"\"[^\"]*\"|'[^']*'", "''", source)


def _scope(checking: Checking, place: Place | None, *, reply: bool, wire: bool) -> Scope:
    tables = {
        name: {"": name, **{column: f"{name}_{column}" for column in table.columns}}
        for name, table in checking.tables.items()
        if table.by is None
    }
    if place is None:
        return Scope(
            wire=wire,
            reply=reply,
            tables=tables,
            codecs=_codecs(checking, place),
            zone=checking.zone,
            token=checking.carrier.token is not None,
            steps=checking.heard,
            constants=dict.fromkeys(checking.constants, ""),
        )
    return Scope(
        req=place.req,
        item=place.item,
        up=place.up,
        numbered=place.item is not None,
        wire=wire,
        here="here" if wire else "",
        element=place.element,
        reply=reply,
        steps=place.steps,
        tables=tables,
        codecs=_codecs(checking, place),
        zone=checking.zone,
        token=checking.carrier.token is not None,
    )


def _codecs(checking: Checking, place: Place | None) -> Codecs:
    def call(text: str, way: Literal["encode", "decode"]) -> CodecCall:
        try:
            codec = parse_codec(text, Mark("", 1))
        except SyntaxFault as fault:
            raise ValueError(str(fault)) from None
        facts = WireFacts() if place is None else place.wire
        plan = plan_codec(codec, Site(zone=checking.zone, json=facts.json, numbers=facts.numbers))
        if plan.table is not None and plan.table not in checking.tables:
            raise ValueError(f"no enum table '{plan.table}'")
        if plan.needs_currency and way == "decode" and "currency" not in checking.carrier.defaults:
            raise ValueError(f"{text} does not say in which currency it is: defaults: {{ currency: .. }} does")
        if plan.table is not None:
            checking.tables_used.add(plan.table)
        result: Result = "text" if way == "encode" else _RESULTS.get(plan.canonical_kind, "any")
        return CodecCall(str, result)

    return call
