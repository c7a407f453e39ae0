"""The headers of a request: constants, expressions, and texts with the token or a setting in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cli.codegen.plan.code import Line, Statement
from cli.codegen.plan.expressions import Scope, compiled, is_secret
from cli.codegen.plan.frame import Refused
from cli.codegen.plan.merging import guarded
from cli.mapping.braces import pieces_of
from cli.mapping.headers import OF_CALL, basic_parts, names_kept
from cli.mapping.tree import CallHeader, Expression, Text, Value
from cli.mapping.wrapping import kept_names

if TYPE_CHECKING:
    from cli.codegen.plan.encoding import Encoding
    from cli.codegen.plan.environment import Environment
    from cli.codegen.plan.expressions import Compiled
    from cli.codegen.plan.frame import Frame
    from cli.mapping.tree import CarrierFile, Headers, Layer


_CREDENTIAL = re.compile(r"(?:config|secret)\.[a-z][a-z0-9_]*")


def write_headers(state: Encoding, headers: tuple[tuple[Text, Value], ...]) -> None:
    """Those of all calls; one with a signature in it waits until that is made."""
    state.say("headers: dict[str, str] = {}")
    kept = {name for layer in state.layers for name in kept_names(layer)}
    for name, value in headers:
        if isinstance(value, Text) and names_kept(value, kept):
            state.late.append((name, value))
            continue
        with state.env.carrier.faults.collected():
            write_header(state, name, value)
    if state.more:
        state.say(f"{state.env.use('headers_own')}(headers, more)")


def write_late(state: Encoding) -> None:
    """The headers that waited for a signature, but where this call has one of that name of its own."""
    for name, value in state.late:
        with state.env.carrier.faults.collected():
            inner = replace(state.frame, body=[])
            write_header(replace(state, frame=inner), name, value)
            state.frame.say(*guarded((unsaid(name.value),) if state.more else (), inner.body))


def without_signatures(carrier: CarrierFile, layers: Sequence[Layer], own: Collection[str]) -> Headers:
    """The headers of all calls but those a call replaces (`own`) whose signature its own wire does not make."""
    made = {name for layer in carrier.wire for name in kept_names(layer)}
    lost = made - {name for layer in layers for name in kept_names(layer)}
    return tuple(
        (name, value)
        for name, value in carrier.headers
        if not (name.value.lower() in own and isinstance(value, Text) and names_kept(value, lost))
    )


def unsaid(name: str) -> str:
    """The test that a call has no header of that name of its own."""
    return f"{name!r} not in more"


def own_headers(env: Environment, frame: Frame, headers: Sequence[CallHeader], key: str, scope: Scope) -> str:
    """The argument with the headers that are one call's own, where the carrier has such calls; `key` is among them."""
    if not env.carrier.own_headers:
        return ""
    if not headers:
        return f", {key}"
    frame.say(Line(f"more: dict[str, str | None] = {key}"))
    _write_own(env, frame, headers, scope)
    return ", more"


def _write_own(env: Environment, frame: Frame, headers: Sequence[CallHeader], scope: Scope) -> None:
    """Each added to `more`; one that the carrier has for every call stands in its place, absent or not."""
    shared = {name.value.lower(): name.value for name, _ in env.carrier.tree.carrier.headers}
    shared["content-type"] = shared.get("content-type", "Content-Type")
    for header in headers:
        name, value = header.name, header.value
        tag = frame.tag(name.mark)
        target = f"more[{shared.get(name.value.lower(), name.value)!r}]"
        if isinstance(value, Text):
            pieces = _own_text(env, frame, value, scope)
            frame.say(Line(f"{target} = {' + '.join(pieces) or repr('')}", tag))
        elif (secret := is_secret(value)) is not None:
            frame.uses.add("ctx")
            frame.say(Line(f"{target} = {env.use('secret')}(ctx, {secret!r}).reveal()", tag))
        else:
            found = compiled(env, frame, value, scope)
            if header.needed:
                frame.say(Line(f"{target} = {_needed(env, found, name.value)}", tag))
            else:
                frame.say(*_said(env, frame, found, target, tag, in_place=name.value.lower() in shared))


def _own_text(env: Environment, frame: Frame, text: Text, scope: Scope) -> list[str]:
    """The parts of a text; what stands in its braces must be there, for a text with a hole means something else."""
    pieces: list[str] = []
    for index, inside in enumerate(pieces_of(text.value)):
        expression = Expression(inside, text.mark)
        if index % 2 == 0:
            pieces += [repr(inside)] if inside else []
        elif (secret := is_secret(expression)) is not None:
            frame.uses.add("ctx")
            pieces.append(f"{env.use('secret')}(ctx, {secret!r}).reveal()")
        else:
            pieces.append(_needed(env, compiled(env, frame, expression, scope), inside))
    return pieces


def _needed(env: Environment, found: Compiled, what: str) -> str:
    """A value as text that must be there: without it nothing is sent."""
    if found.is_text and not found.nullable:
        return found.text
    text = found.text if found.is_text else f"{env.use('text')}({found.text})"
    return f"str({env.use('need')}({text}, {what!r}))"


def _said(env: Environment, frame: Frame, found: Compiled, target: str, tag: str, *, in_place: bool) -> list[Statement]:
    """The lines that write a value into a header; absent it is left out, and so is the one it stands in place of."""
    text = found.text if found.is_text and not found.nullable else f"{env.use('text')}({found.text})"
    if in_place or not found.nullable:
        return [Line(f"{target} = {text}", tag)]
    local = frame.locals.new("value")
    return guarded((f"({local} := {text}) is not None",), [Line(f"{target} = {local}", tag)], tag)


def write_header(state: Encoding, name: Text, value: Value) -> None:
    tag = state.frame.tag(name.mark)
    target = f"headers[{name.value!r}]"
    if isinstance(value, Expression):
        if value.source.strip() in OF_CALL:
            state.frame.say(Line(f"{target} = {_of_call(state, value.source.strip())}", tag))
            return
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
    """The credentials of `Authorization: Basic {basic(config.user;secret.password)}`; a part may be a signature."""
    for part in (user, password):
        if part not in state.signatures and not _CREDENTIAL.fullmatch(part):
            message = f"basic() takes config.name, secret.name and signatures, not '{part}'"
            raise Refused("E267", value.mark, message, "{basic(config.user;secret.password)}")
    name = _inside(state, user, value)
    return f"{state.env.use('basic_pair')}({name}, {_inside(state, password, value)})"


def _of_call(state: Encoding, name: str) -> str:
    """The method of the call, or the path it is sent to, as a signature covers them."""
    return "method" if name == "http.method" else f"{state.env.use('url_path')}(url)"


def _inside(state: Encoding, inside: str, value: Text) -> str:
    if inside == "token":
        if state.env.carrier.tree.carrier.token is None:
            raise Refused("E268", value.mark, "{token} without security.token")
        return "ctx.token"
    if inside in OF_CALL:
        return _of_call(state, inside)
    if inside in state.signatures:
        return state.signatures[inside]
    if any(inside in kept_names(layer) for layer in state.env.carrier.tree.carrier.wire):
        hint = f"its own wire makes one too (as: {inside}), or has among its headers this one with =None"
        message = (
            f"{{{inside}}} is made by the carrier's wire, which some call with a wire of its own does not go through"
        )
        raise Refused("E267", value.mark, message, hint)
    if (basic := basic_parts(inside)) is not None:
        return _basic(state, *basic, value)
    expression = Expression(inside, value.mark)
    if (secret := is_secret(expression)) is not None:
        return f"{state.env.use('secret')}(ctx, {secret!r}).reveal()"
    found = compiled(state.env, state.frame, expression, Scope())
    needed = f"{state.env.use('need')}({found.text}, {inside!r})" if found.nullable else found.text
    return f"str({needed})"
