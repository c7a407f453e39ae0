"""One operation file as a module: `build` and `parse` of every step, and the `Operation` they belong to."""

from __future__ import annotations

from cli.codegen.plan.addresses import url_parts
from cli.codegen.plan.bodies import is_bodyless
from cli.codegen.plan.choosing import chooses
from cli.codegen.plan.code import Constant, Function, Line, Module, Statement, Try
from cli.codegen.plan.constants import constants_of
from cli.codegen.plan.decoding import decoded_functions
from cli.codegen.plan.echoes import cut_of, path_names, sent_of
from cli.codegen.plan.elements import Element, Elements
from cli.codegen.plan.encoding import encoded_function
from cli.codegen.plan.environment import (
    Carrier,
    Environment,
    WireFacts,
    charset_sent,
    reply_facts,
    wire_facts,
)
from cli.codegen.plan.expressions import Scope, tested
from cli.codegen.plan.extends import resolved_request, resolved_response
from cli.codegen.plan.filled import filled_later
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.headers import own_headers, without_signatures
from cli.codegen.plan.markup import soap_call
from cli.codegen.plan.merging import merged
from cli.codegen.plan.names import Locals, snake
from cli.codegen.plan.needs import needs_text
from cli.codegen.plan.parsing import StepNames, echo_tests, parse_function, plain_statuses, plan_reply
from cli.codegen.plan.prescan import shared_lists, source_facts
from cli.codegen.plan.sending import Sending
from cli.codegen.plan.source import Source
from cli.codegen.plan.types import Type, canonical_type
from cli.mapping.capabilities import CALL_METHODS
from cli.mapping.layers import FORMATS, undone
from cli.mapping.tree import Headers, Layer, Message, OperationFile, Response, StepDecl, Text
from cli.mapping.wire_order import document_order
from gateway.model.operations import OPERATIONS
from gateway.wire.contract import Idempotency, Inquiry, safety_class


def operation_module(carrier: Carrier, operation: OperationFile) -> Module:
    """Plan the module of one operation file."""
    name = module_name(operation)
    title = f"{operation.name}{'/' + operation.variant if operation.variant else ''}"
    sha256 = carrier.digest(operation.file)
    module = Module(name, title, operation.file, sha256)
    carrier.modules[name] = module
    steps = []
    for step in operation.steps:
        facts = wire_facts(step.wire) if step.wire is not None else carrier.wire
        prefix = f"{snake(step.name)}_" if len(operation.steps) > 1 else ""
        env = Environment(carrier, module, facts, prefix)
        with carrier.faults.collected():
            steps.append(_Step(carrier, env, operation, step).planned())
    _operation(carrier, module, operation, steps)
    return module


def module_name(operation: OperationFile) -> str:
    """`policy_issue`, or `policy_issue__site` for a variant."""
    stem = operation.name.replace(".", "_")
    return f"{stem}__{operation.variant}" if operation.variant else stem


class _Step:
    """One call: its request, its reply, and the functions of both."""

    def __init__(self, carrier: Carrier, env: Environment, operation: OperationFile, step: StepDecl) -> None:
        self.carrier, self.env, self.operation, self.step = carrier, env, operation, step
        self.reading = Environment(carrier, env.module, _heard(carrier, env, step), env.prefix)
        self.names = StepNames(snake(step.name) if len(operation.steps) > 1 else "")
        self.module = env.module
        self.earlier = frozenset(before.name for before in operation.steps[: operation.steps.index(step)])
        # The caller's request is the operation's own, whatever operation a step is at the carrier.
        self.request = Type("struct", OPERATIONS[operation.name].request)
        self.result = self._result()
        self.scope = Scope(self.request, reply=True, steps=self.earlier)

    def _result(self) -> Type:
        of = self.step.response.message.of
        return (
            canonical_type(of.value, of.mark)
            if of is not None
            else Type("struct", OPERATIONS[self.operation.name].result)
        )

    def planned(self) -> str:
        """Plan every function and give the source of the `Step`."""
        self._message()
        self._build()
        self._reading()
        when = self._when()
        if self.step.transport is not None and self.step.transport.tls:
            raise Refused("E448", self.step.transport.mark, "an operation has no certificate of its own")
        use = self.env.use
        fields = [
            f"name={self.step.name!r}", f"operation={self.step.operation!r}",
            f"safety={use('SafetyClass')}.{_safety(self.operation, self.step.operation)}",
            f"build={self.names.of('build')}", f"parse={self.names.of('parse')}",
        ]  # fmt: skip
        fields += [f"when={when}"] if when else []
        fields += [f"needs={needs}"] if (needs := self._needs()) else []
        fields += [f"timeout={timeout}"] if (timeout := timeout_text(self.env, self.step)) else []
        fields += ["needs_token=True"] if self.carrier.tree.carrier.token is not None else []
        return f"{use('Step')}({', '.join(fields)})"

    # --- sending ---

    def _request(self) -> Message:
        return resolved_request(self.carrier, self.operation, self.step)

    def _message(self) -> None:
        message, env = self._request(), self.env
        layers = self.step.wire if self.step.wire is not None else self.carrier.tree.carrier.wire
        self.sends_body = not is_bodyless(message, self.method, layers)
        if not self.sends_body:
            return
        frame = Frame(self.module, Locals(("req", "ctx", "wire")), parameters={"req", "ctx"}, mark=message.mark)
        root = Element("wire", certain=True)
        shared = shared_lists(message, self.carrier.shapes)
        filled = filled_later(layers)
        elements = Elements(frame, root, is_message=True, shared=shared, filled=filled)
        covered, positions = source_facts(message)
        source = Source(frame, "req", self.request, request=self.request, covered=covered, positions=positions)
        sending = Sending(env, frame, elements, source, root, self.scope, self.carrier.missing)
        frame.say(Line(f"wire: {env.use('Wire')} = {{}}"))
        sending.message(message)
        body = merged([*frame.body, *sending.late, *elements.pruned()])
        chooses(body, self.scope, frame.mark)
        body.append(Line(f"return {self._ordered()}"))
        doc = "The message as the carrier wants it."
        self.module.functions.append(Function(self.names.of("message"), self._parameters(), env.use("Wire"), body, doc))

    def _ordered(self) -> str:
        """The message, in the order of the carrier's document where its rows stand in another one and it is XML."""
        schema = self.carrier.tree.wire_schema
        layers = self.step.wire if self.step.wire is not None else self.carrier.tree.carrier.wire
        if schema is None or next((layer.name for layer in layers if layer.name in FORMATS), "") not in ("xml", "soap"):
            return "wire"
        name = self.operation.name + (f"/{self.operation.variant}" if self.operation.variant else "")
        key = (name, "" if self.step.name == self.operation.name else self.step.name, "request")
        fields = schema.messages.get(key)
        known = self.carrier.tree.carrier.shapes
        shapes = {each: self.carrier.shapes.message(Text(each, shape.mark)) for each, shape in known.items()}
        order = document_order(self._request(), shapes, fields) if fields is not None else ()
        if not order:
            return "wire"
        constant = self.names.of("order").upper()
        self.module.constants.append(Constant(constant, self.env.use("Order"), repr(order)))
        return f"{self.env.use('in_order')}(wire, {constant})"

    def _parameters(self) -> list[str]:
        return [f"req: {self.request.python(self.module.imports)}", f"ctx: {self.env.use('Context')}"]

    @property
    def method(self) -> str:
        """The method of the call; POST when the mapping says none."""
        return self._call()[0]

    def _call(self) -> tuple[str, str]:
        call = self.step.call
        if (soap := soap_call(self.step, self.carrier)) is not None:
            return "POST", soap.path
        if call is None:
            return "POST", ""
        method, _, path = call.value.strip().partition(" ")
        if method not in CALL_METHODS or not path.strip().startswith(("/", "?")):
            methods = ", ".join(sorted(CALL_METHODS))
            raise Refused("E280", call.mark, f"call: is METHOD /path or METHOD ?query, with one of {methods}")
        return method, path.strip()

    def _build(self) -> None:
        use = self.env.use
        frame = Frame(self.module, Locals(("req", "ctx")), parameters={"req", "ctx"})
        method, path = self._call()
        url = self._url(frame, path)
        message = f"{self.names.of('message')}(req, ctx)" if self.sends_body else "None"
        more = own_headers(self.env, frame, self.step.headers, self._key_header(), self.scope)
        encoded = self._encoder()
        soap = soap_call(self.step, self.carrier)
        element = f", {soap.element!r}" if soap is not None else ""
        sent = f"return {encoded}({method!r}, {url}, {message}, ctx{more}{element})"
        tag = env_tag(frame, self.step.call)
        body: list[Statement] = [
            Try(
                [*self._sized(), *frame.body, Line(sent, tag)],
                "Exception as error",
                [Line(f"raise {use('cannot_send')}(error) from None")],
            )
        ]
        doc = "The bytes of this call; raises `CannotSend` for what the wire cannot carry."
        self.module.functions.append(
            Function(self.names.of("build"), self._parameters(), use("WireRequest"), body, doc)
        )

    def _sized(self) -> list[Statement]:
        """A batch is no larger than the carrier takes."""
        if self.operation.name != "policy.issue_batch":
            return []
        most = self.carrier.tree.carrier.limits.get("batch_max")
        if not isinstance(most, Text):
            raise Refused("E474", self.operation.mark, "limits.batch_max says how many items a batch may have")
        return [Line(f"{self.env.use('batch_of')}(req.items, {int(most.value)})")]

    def _key_header(self) -> str:
        """The idempotency key as a header, where the carrier wants it there and no header line writes it."""
        declared = self.operation.idempotency
        if declared is None or declared.key is None or not declared.key.value.startswith("header."):
            return "{}"
        name = declared.key.value.removeprefix("header.")
        length = cut_of(self.env, self._request(), self.step, "request_no")
        cut = f", {length}" if length else ""
        return f"{{{name!r}: {self.env.use('number_cut')}(ctx.request_no{cut})}}"

    def _url(self, frame: Frame, path: str) -> str:
        step_url = self.step.transport.url if self.step.transport is not None else None
        carrier_transport = self.carrier.tree.carrier.transport
        url = step_url or (carrier_transport.url if carrier_transport is not None else None)
        if url is None:
            raise Refused("E281", self.step.mark, "no transport.url: where is this call sent?")
        parts = [*url_parts(self.env, frame, url, url.value, Scope(self.request, steps=self.earlier))]
        if path and self.step.call is not None:
            layers = self.step.wire if self.step.wire is not None else self.carrier.tree.carrier.wire
            parts += url_parts(self.env, frame, self.step.call, path, self.scope, charset_sent(layers))
        return " + ".join(parts)

    def _encoder(self) -> str:
        declared = self.carrier.tree.carrier
        layers = self.step.wire if self.step.wire is not None else declared.wire
        constants = constants_of(self.step.constants, self.step.mark, "this call", layers, declared.headers)
        if self.step.wire is None and constants is None:
            self.carrier.bodyless = self.carrier.bodyless or not self.sends_body
            self.module.imports.add(f"{self.carrier.package}.carrier", "encoded")
            return "encoded"
        name = self.names.of("encoded")
        function = encoded_function(
            self.env,
            layers,
            self._shared_headers(layers),
            name=name,
            bodyless=not self.sends_body,
            more=self.carrier.own_headers,
            replies=self.step.reply or (declared.reply if self.step.wire is None else ()),
            constants=constants,
        )
        self.module.functions.append(function)
        return name

    def _shared_headers(self, layers: tuple[Layer, ...]) -> Headers:
        """The carrier's headers without those that hold a signature this wire does not make and this call replaces."""
        own = {header.name.value.lower() for header in self.step.headers}
        return without_signatures(self.carrier.tree.carrier, layers, own)

    # --- reading ---

    def _decoder(self) -> str:
        if self.step.wire is None and any(each.name == "frame" for layers in self.step.reply or () for each in layers):
            raise Refused("E449", self.step.mark, "a reply framed in its own way needs wire beside it")
        if self.step.wire is None and self.step.reply is None:
            self.module.imports.add(f"{self.carrier.package}.carrier", "decoded")
            return "decoded"
        lists = self.step.reply or (undone(self.step.wire or self.carrier.tree.carrier.wire),)
        self.module.functions += decoded_functions(self.env, lists, name=self.names.of("decoded"))
        return self.names.of("decoded")

    def _reading(self) -> None:
        response = resolved_response(self.carrier, self.operation, self.step)
        decoded = self._decoder()
        with self.carrier.faults.collected():
            by_status = plan_reply(self.reading, response, self.result, self.scope, self.names, "WireReply")
            echoes = self._echoes(response)
            tests = echo_tests(self.env, echoes, plain_statuses(response), lenient=response.echo_yes)
            parse = parse_function(self.env, self.scope, self.names, decoded, tests, by_status=by_status)
            self.module.functions.append(parse)

    def _echoes(self, response: Response) -> list[tuple[str, str, str]]:
        """What was sent, what must come back, and the mapping line, for every line of `correlate`."""
        found = []
        frame = Frame(self.module, parameters={"req", "ctx"})
        for echo in response.correlate:
            sent = sent_of(self.env, frame, self._request(), self.step, echo, self.scope)
            names = ", ".join(path_names(echo.path))
            found.append((sent, f"{self.env.use('dig')}(wire, {names})", env_tag(frame, echo.ours)))
        return found

    def _needs(self) -> str:
        needs, name = self.step.needs, self.names.of("needed")
        return "" if needs is None else needs_text(self.env, needs, self.request, self.earlier, name)

    def _when(self) -> str:
        if self.step.when is None:
            return ""
        frame = Frame(self.module, parameters={"req", "ctx"})
        found = tested(self.env, frame, self.step.when, Scope(self.request, steps=self.earlier))
        line = Line(f"return bool({found.text})", frame.tag(self.step.when.mark))
        doc = "Whether this step is needed at all."
        self.module.functions.append(Function(self.names.of("wanted"), self._parameters(), "bool", [line], doc))
        return self.names.of("wanted")


def _heard(carrier: Carrier, env: Environment, step: StepDecl) -> WireFacts:
    """The facts of a step's replies: its own layers, those of its wire undone, or the carrier's."""
    if step.reply:
        return reply_facts(step.reply[0], env.wire)
    return carrier.reply_wire if step.wire is None else env.wire


def env_tag(frame: Frame, text: Text | None) -> str:
    """The tag of a text of the mapping, empty where there is none."""
    return frame.tag(text.mark) if text is not None else ""


# --- the operation itself ---


def _safety(operation: OperationFile, name: str) -> str:
    idempotency, inquiry = declared_of(operation)
    return str(safety_class(is_read=OPERATIONS[name].is_read, idempotency=idempotency, inquiry=inquiry))


def declared_of(operation: OperationFile) -> tuple[Idempotency, Inquiry | None]:
    """What an operation's file declares, from which its safety class follows."""
    idempotency, inquiry = Idempotency(), None
    if (decl := operation.idempotency) is not None:
        key = decl.key.value if decl.key is not None else None
        idempotency = Idempotency(kind=decl.kind.value, key=key, ttl_s=decl.ttl_s)  # type: ignore[arg-type]
    if (asked := operation.inquiry) is not None:
        inquiry = Inquiry(
            operation=asked.operation.value,
            by=asked.by.value if asked.by is not None else "our_reference",  # type: ignore[arg-type]
            visibility_lag_s=asked.visibility_lag_s,
            not_found_is_final_after_s=asked.not_found_is_final_after_s,
            **({"every_s": asked.every_s} if asked.every_s else {}),
        )
    return idempotency, inquiry


def _operation(carrier: Carrier, module: Module, operation: OperationFile, steps: list[str]) -> None:
    env = Environment(carrier, module, carrier.wire)
    idempotency, inquiry = declared_of(operation)
    fields = [f"carrier={carrier.id!r}", f"name={operation.name!r}"]
    fields += [f"variant={operation.variant!r}"] if operation.variant else []
    fields.append(f"steps=({', '.join(steps)},)")
    if operation.idempotency is not None:
        fields.append(f"idempotency={struct_text(env, 'Idempotency', idempotency)}")
    if inquiry is not None:
        fields.append(f"inquiry={struct_text(env, 'Inquiry', inquiry)}")
    fields.append(f"safety={env.use('SafetyClass')}.{_safety(operation, operation.name)}")
    if operation.when is not None:
        fields.append("when=serves")
        _serves(env, operation)
    module.exports.append(Constant("OPERATION", "", f"{env.use('Operation')}({', '.join(fields)})"))


def struct_text(env: Environment, name: str, value: Idempotency | Inquiry) -> str:
    """The source of a declaration, its defaults left out."""
    defaults = {Idempotency: Idempotency(), Inquiry: Inquiry(operation="")}[type(value)]
    fields = ((field, getattr(value, field)) for field in value.__struct_fields__)
    kept = [f"{field}={found!r}" for field, found in fields if found != getattr(defaults, field)]
    return f"{env.use(name)}({', '.join(kept)})"


def _serves(env: Environment, operation: OperationFile) -> None:
    assert operation.when is not None
    frame = Frame(env.module, parameters={"req", "ctx"})
    request = Type("struct", OPERATIONS[operation.name].request)
    with env.carrier.faults.collected():
        found = tested(env, frame, operation.when, Scope(request))
        line = Line(f"return bool({found.text})", frame.tag(operation.when.mark))
        parameters = [f"req: {request.python(env.module.imports)}", f"ctx: {env.use('Context')}"]
        doc = "Whether this variant serves the request."
        env.module.functions.append(Function("serves", parameters, "bool", [line], doc))


def timeout_text(env: Environment, step: StepDecl | None) -> str:
    """The limits of one attempt, from the operation's transport or the carrier's."""
    own = step.transport if step is not None else None
    around = env.carrier.tree.carrier.transport
    connect_s = own.connect_s if own is not None and own.connect_s is not None else around.connect_s if around else None
    total_s = own.total_s if own is not None and own.total_s is not None else around.total_s if around else None
    fields = [f"connect_s={float(connect_s)!r}"] if connect_s is not None else []
    fields += [f"total_s={float(total_s)!r}"] if total_s is not None else []
    return f"{env.use('Timeout')}({', '.join(fields)})" if fields else ""
