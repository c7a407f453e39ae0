"""`callbacks` as functions: read what a carrier sends to us, and answer in its own format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cli.codegen.plan.code import Function, Line, Statement, Try, arms
from cli.codegen.plan.constants import constants_of
from cli.codegen.plan.decoding import decoded_functions
from cli.codegen.plan.elements import wire_names
from cli.codegen.plan.encoding import encoded_function
from cli.codegen.plan.environment import Carrier, Environment, reply_facts, wire_facts
from cli.codegen.plan.expressions import Scope, compiled, is_secret, tested
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.names import Locals, snake
from cli.codegen.plan.parsing import StepNames, plan_reply, understood
from cli.codegen.plan.types import Type, canonical_type
from cli.codegen.plan.values import converter
from cli.mapping.capabilities import NUMBER
from cli.mapping.layers import undone
from cli.mapping.soap import WrongSoap, read_call, soap_layer
from cli.mapping.tree import AnswerDecl, CallbackDecl, Echo, Expression, Layer, Option, Path, Text, Value
from gateway.model.operations import OPERATIONS


def callback_text(carrier: Carrier, env: Environment, callback: CallbackDecl) -> str:
    """The source of one `Callback`; adds the functions behind it."""
    names = StepNames(snake(callback.name))
    _decoders(carrier, env, callback, names)
    scope = Scope(reply=True)
    of = callback.response.message.of
    result = (
        canonical_type(of.value, of.mark) if of is not None else Type("struct", OPERATIONS[callback.operation].result)
    )
    response = replace(callback.response, correlate=())
    looked = tuple(echo.path for echo in _correlate(callback))
    facts = carrier.reply_wire if callback.wire is None else reply_facts(callback.wire, env.wire)
    heard = Environment(carrier, env.module, facts)
    plan_reply(heard, response, result, scope, names, "Inbound", looked)
    _reply(env, names)
    _notice(env, callback, names)
    _answer(env, callback, names)
    fields = [
        f"name={callback.name!r}", f"operation={callback.operation!r}",
        f"read={names.of('notice')}", f"answer={names.of('answer')}",
    ]  # fmt: skip
    return f"{env.use('Callback')}({', '.join(fields)})"


def _decoders(carrier: Carrier, env: Environment, callback: CallbackDecl, names: StepNames) -> None:
    declared = carrier.tree.carrier
    if callback.wire is not None:
        lists: tuple[tuple[Layer, ...], ...] = (callback.wire,)
    else:
        lists = declared.reply or (undone(declared.wire),)
        if not callback.verify_same:
            lists = tuple(tuple(layer for layer in layers if layer.name != "verify") for layers in lists)
    env.module.functions += decoded_functions(env, lists, name=names.of("decoded"), inbound=True)


def _reply(env: Environment, names: StepNames) -> None:
    """`reply`: what a genuine callback says, in the same words as the reply to a call."""
    use = env.use
    failed = f"return {use('Reply')}(outcome={use('UNKNOWN')}, problems=({use('problem')}(error),), wire=wire)"
    body: list[Statement] = [
        Try([Line(f"outcome = {names.of('classify')}(wire, reply, ctx)")], "Exception as error", [Line(failed)]),
        *understood(env, names, ""),
    ]
    parameters = [f"wire: {use('Wire')}", f"reply: {use('Inbound')}", f"ctx: {use('Context')}"]
    doc = "What the callback says; never raises."
    env.module.functions.append(Function(names.of("reply"), parameters, use("Reply"), body, doc))


def _notice(env: Environment, callback: CallbackDecl, names: StepNames) -> None:
    """`notice`: genuine or not, ours or not, which operation, what it says."""
    use = env.use
    frame = Frame(
        env.module, Locals(("inbound", "ctx", "wire", "headers", "reply")), parameters={"ctx", "wire", "headers"}
    )
    body: list[Statement] = [
        Try(
            [Line(f"wire = {names.of('decoded')}(inbound, ctx)")],
            f"{use('Forged')}",
            [Line(f"return {use('Notice')}(matched=True, genuine=False)")],
            [("Exception", [Line(f"return {use('Notice')}(matched=False, genuine=False)")])],
        )
    ]
    if callback.match is not None:
        found = tested(env, frame, callback.match, Scope(reply=True))
        if "headers." in found.text:
            body.append(Line(f"headers = {use('headers_of')}(inbound)"))
        absent = Line(f"return {use('Notice')}(matched=False, genuine=True)")
        body.append(arms((f"not ({found.text})", [absent], frame.tag(callback.match.mark))))
    pairs = [f"{_ours(echo.ours)!r}: {_told(env, echo)}" for echo in _correlate(callback)]
    correlate = f"{use('known_texts')}({{{', '.join(pairs)}}})"
    event = compiled(env, frame, callback.dedup, Scope(reply=True)).text if callback.dedup is not None else "None"
    fields = [
        ("matched=True", ""), ("genuine=True", ""),
        (f"event_id={use('text_of')}({event})" if event != "None" else "event_id=None", ""),
        (f"correlate={correlate}", ""), (f"reply={names.of('reply')}(wire, inbound, ctx)", ""),
    ]  # fmt: skip
    body.append(Line(f"return {use('Notice')}({', '.join(text for text, _ in fields)})", frame.tag(callback.mark)))
    parameters = [f"inbound: {use('Inbound')}", f"ctx: {use('Context')}"]
    doc = f"A callback {callback.name}: is it genuine, whose is it, what does it say."
    env.module.functions.append(Function(names.of("notice"), parameters, use("Notice"), body, doc))


def _correlate(callback: CallbackDecl) -> tuple[Echo, ...]:
    found = callback.correlate or callback.response.correlate
    if not found:
        raise Refused("E291", callback.mark, "a callback needs correlate: which of our operations does it speak of?")
    return found


def _told(env: Environment, echo: Echo) -> str:
    """What the carrier says of one number of ours; None where its codec cannot read it."""
    value = f"{env.use('dig')}(wire, {', '.join(_names(echo.path))})"
    return value if echo.codec is None else converter(env, echo.codec, Type("text"), echo.ours.mark).attempted(value)


def _ours(ours: Text) -> str:
    """`request_no`, or the kind of a number of the carrier's that we hold."""
    found = NUMBER.fullmatch(ours.value)
    return ours.value if found is None else found.group(1)


def _names(path: Path) -> list[str]:
    names = [segment.name if segment.name.isdigit() else repr(segment.name) for segment in path.segments]
    return [*names, repr(f"@{path.attribute}")] if path.attribute is not None else names


def _answer(env: Environment, callback: CallbackDecl, names: StepNames) -> None:
    """`answer`: the acknowledgement, a text or a message through its own layers or those of the carrier."""
    use = env.use
    told = _text_answer(env, callback.answer) if callback.answer.told is not None else _message(env, callback, names)
    parameters = [f"notice: {use('Notice')}", f"ctx: {use('Context')}"]
    doc = f"What the carrier wants to hear after {callback.name}."
    env.module.functions.append(Function(names.of("answer"), parameters, use("WireReply"), told, doc))


_PLAIN = (("Content-Type", "text/plain; charset=UTF-8"),)


def _text_answer(env: Environment, answer: AnswerDecl) -> list[Statement]:
    assert answer.told is not None
    body = answer.told.value.encode()
    return [Line(f"return {env.use('WireReply')}(status={answer.status}, headers={_PLAIN!r}, body={body!r})")]


def _message(env: Environment, callback: CallbackDecl, names: StepNames) -> list[Statement]:
    use, declared, own = env.use, env.carrier.tree.carrier, callback.answer.wire
    where = env if own is None else Environment(env.carrier, env.module, wire_facts(own))
    frame = Frame(env.module, Locals(("notice", "ctx", "wire", "answer")), parameters={"ctx", "notice"})
    body: list[Statement] = [Line(f"answer: {use('Wire')} = {{}}")]
    for path, option in _flat(callback.answer.fields):
        text = _answered(where, frame, option)
        target = ", ".join(repr(name) for name in wire_names(path))
        body.append(Line(f"{use('put')}(answer, {text}, {target})", frame.tag(callback.mark)))
    layers = tuple(layer for layer in (declared.wire if own is None else own) if not _leaves_url(layer))
    headers = tuple(header for header in declared.headers if own is None and _is_constant(header[1]))
    constants = constants_of(callback.constants, callback.mark, "its answer", layers, headers)
    scope = Scope(steps=frozenset({callback.name}) if own is not None else frozenset())
    function = encoded_function(
        where, layers, headers, name=names.of("encoded"), bodyless=False, constants=constants, scope=scope
    )
    env.module.functions.append(function)
    known, gives_back = "ctx", own is not None and "ctx.steps" in "".join(map(str, function.body))
    if gives_back:
        known = f"{use('ctx_after')}(ctx, {callback.name!r}, wire)"
    if gives_back or "wire" in frame.uses:
        # An answer may give back what the carrier has sent.
        heard = "(notice.reply.wire if notice.reply is not None else None) or {}"
        body.insert(0, Line(f"wire: {use('Wire')} = {heard}"))
    return [
        *body,
        Line(f"sent = {names.of('encoded')}('POST', '', answer, {known}{answer_element(layers, callback)})"),
        Line(f"return {use('WireReply')}(status={callback.answer.status}, headers=sent.headers, body=sent.body)"),
    ]


def answer_element(layers: tuple[Layer, ...], callback: CallbackDecl) -> str:
    """In an envelope the answer is an element too: the one the layer names."""
    if (layer := soap_layer(layers)) is None:
        return ""
    try:
        return f", {read_call(None, layer, callback.mark).element!r}"
    except WrongSoap as fault:
        raise Refused("E280", fault.mark, fault.message, fault.hint) from None


def _leaves_url(layer: Layer) -> bool:
    """A signature in the query has no place in an answer."""
    put = layer.options.get("put")
    return layer.name == "sign" and isinstance(put, Text) and put.value.startswith("query.")


def _is_constant(value: Value) -> bool:
    """A header that is part of the format (its content type), not of a request (its token, its time)."""
    return isinstance(value, Text) and "{" not in value.value


def _flat(answer: Mapping[str, Option], way: str = "") -> list[tuple[str, Option]]:
    found: list[tuple[str, Option]] = []
    for name, option in answer.items():
        path = f"{way}.{name}" if way else name
        if isinstance(option, Text | Expression | tuple):
            found.append((path, option))
        else:
            found += _flat(option, path)
    return found


def _answered(env: Environment, frame: Frame, option: Option) -> str:
    if isinstance(option, Text):
        typed = not option.quoted and env.json and option.value in ("true", "false")
        return str(option.value == "true") if typed else repr(option.value)
    if not isinstance(option, Expression):
        raise Refused("E260", env.carrier.tree.carrier.mark, "an answer holds constants and expressions")
    if (secret := is_secret(option)) is not None:
        return f"{env.use('secret')}(ctx, {secret!r}).reveal()"
    return compiled(env, frame, option, Scope()).text
