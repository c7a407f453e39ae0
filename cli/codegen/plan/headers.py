"""The headers of a request: constants, expressions, and texts with the token or a setting in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cli.codegen.plan.code import Line, Statement
from cli.codegen.plan.expressions import Scope, compiled, is_secret
from cli.codegen.plan.frame import Refused
from cli.codegen.plan.merging import guarded
from cli.mapping.tree import Expression, Headers, Text, Value
from cli.mapping.wrapping import kept_names

if TYPE_CHECKING:
    from cli.codegen.plan.encoding import Encoding
    from cli.codegen.plan.environment import Environment
    from cli.codegen.plan.expressions import Compiled
    from cli.codegen.plan.frame import Frame


_BASIC = re.compile(r"basic\(((?:config|secret)\.[a-z][a-z0-9_]*);(secret\.[a-z][a-z0-9_]*)\)")


def write_headers(state: Encoding, headers: tuple[tuple[Text, Value], ...]) -> None:
    state.say("headers: dict[str, str] = {}")
    kept = {f"{{{name}}}" for layer in state.layers for name in kept_names(layer)}
    for name, value in headers:
        if isinstance(value, Text) and any(each in value.value for each in kept):
            state.late.append((name, value))
            continue
        with state.env.carrier.faults.collected():
            write_header(state, name, value)
    if state.more:
        state.say("headers.update(more)")


def own_headers(env: Environment, frame: Frame, headers: Headers, key: str, scope: Scope) -> str:
    """The argument with the headers that are one call's own, where the carrier has such calls; `key` is among them."""
    if not env.carrier.own_headers:
        return ""
    if not headers:
        return f", {key}"
    frame.say(Line(f"more: dict[str, str] = {key}"))
    _write_own(env, frame, headers, scope)
    return ", more"


def _write_own(env: Environment, frame: Frame, headers: Headers, scope: Scope) -> None:
    """Each added to `more`; one that the carrier has for every call stands in its place."""
    shared = {name.value.lower(): name.value for name, _ in env.carrier.tree.carrier.headers}
    shared["content-type"] = shared.get("content-type", "Content-Type")
    for name, value in headers:
        tag = frame.tag(name.mark)
        target = f"more[{shared.get(name.value.lower(), name.value)!r}]"
        if isinstance(value, Text):
            frame.say(Line(f"{target} = {value.value!r}", tag))
        elif (secret := is_secret(value)) is not None:
            frame.uses.add("ctx")
            frame.say(Line(f"{target} = {env.use('secret')}(ctx, {secret!r}).reveal()", tag))
        else:
            frame.say(*_said(env, frame, compiled(env, frame, value, scope), target, tag))


def _said(env: Environment, frame: Frame, found: Compiled, target: str, tag: str) -> list[Statement]:
    """The lines that write a value into a header; one that is not there is left out."""
    text = found.text if found.is_text and not found.nullable else f"{env.use('text')}({found.text})"
    if not found.nullable:
        return [Line(f"{target} = {text}", tag)]
    local = frame.locals.new("value")
    return guarded((f"({local} := {text}) is not None",), [Line(f"{target} = {local}", tag)], tag)


def write_header(state: Encoding, name: Text, value: Value) -> None:
    tag = state.frame.tag(name.mark)
    target = f"headers[{name.value!r}]"
    if isinstance(value, Expression):
        if (secret := is_secret(value)) is not None:
            state.frame.say(Line(f"{target} = {state.env.use('secret')}(ctx, {secret!r}).reveal()", tag))
            return
        found = compiled(state.env, state.frame, value, Scope())
        text = found.text if found.is_text and not found.nullable else f"{state.env.use('text')}({found.text})"
        if found.nullable:
            local = state.frame.locals.new(name.value)
            state.frame.say(*guarded((f"({local} := {text}) is not None",), [Line(f"{target} = {local}", tag)], tag))
        else:
            state.frame.say(Line(f"{target} = {text}", tag))
        return
    state.frame.say(Line(f"{target} = {_template(state, value)}", tag))


def _template(state: Encoding, value: Text) -> str:
    """A header's text with `{token}`, `{config.x}`, `{secret.x}` or a signature kept under a name in it."""
    pieces: list[str] = []
    rest = value.value
    while "{" in rest:
        before, _, rest = rest.partition("{")
        inside, closed, rest = rest.partition("}")
        if not closed:
            raise Refused("E267", value.mark, f"'{{' without '}}' in '{value.value}'")
        pieces += [repr(before)] if before else []
        pieces.append(_inside(state, inside, value))
    pieces += [repr(rest)] if rest else []
    return " + ".join(pieces) or "''"


def _basic(state: Encoding, user: str, password: str, value: Text) -> str:
    """The credentials of `Authorization: Basic {basic(config.user;secret.password)}`."""
    name = _inside(state, user, value)
    return f"{state.env.use('basic_pair')}({name}, {_inside(state, password, value)})"


def _inside(state: Encoding, inside: str, value: Text) -> str:
    if inside == "token":
        if state.env.carrier.tree.carrier.token is None:
            raise Refused("E268", value.mark, "{token} without security.token")
        return "ctx.token"
    if inside in state.signatures:
        return state.signatures[inside]
    if any(inside in kept_names(layer) for layer in state.env.carrier.tree.carrier.wire):
        hint = "its own wire makes one too: sign: { .., as: " + inside + " }"
        message = (
            f"{{{inside}}} is made by the carrier's wire, which some call with a wire of its own does not go through"
        )
        raise Refused("E267", value.mark, message, hint)
    if (basic := _BASIC.fullmatch(inside)) is not None:
        return _basic(state, basic[1], basic[2], value)
    expression = Expression(inside, value.mark)
    if (secret := is_secret(expression)) is not None:
        return f"{state.env.use('secret')}(ctx, {secret!r}).reveal()"
    found = compiled(state.env, state.frame, expression, Scope())
    needed = f"{state.env.use('need')}({found.text}, {inside!r})" if found.nullable else found.text
    return f"str({needed})"
