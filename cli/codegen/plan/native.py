"""Native carriers: thin modules over our published carrier interface, one for every operation the carrier supports.

The interface fixes what a mapping otherwise declares: a repeated number is answered alike, and a write is asked after
by its own number, where "not found" is final after a minute.
"""

from __future__ import annotations

from cli.codegen.plan.carrier import limits
from cli.codegen.plan.code import Constant, Function, Line, Module, Try
from cli.codegen.plan.environment import Carrier, Environment, wire_facts
from cli.codegen.plan.frame import Faults
from cli.codegen.plan.operation import declared_of, struct_text, timeout_text
from cli.codegen.plan.outcomes import error_table
from cli.codegen.plan.tls import tls_field, tls_settings
from cli.codegen.plan.types import Type
from cli.mapping.tree import CarrierFile, CarrierTree, OperationFile
from gateway.model.operations import OPERATIONS, Family, OperationSpec
from gateway.wire.contract import Idempotency, Inquiry, safety_class

NOT_FOUND_IS_FINAL_AFTER_S = 60.0

_ASKED_BY = {
    Family.underwrite: "underwriting.get",
    Family.issue: "policy.get",
    Family.endorse: "policy.get",
    Family.cancel: "policy.get",
    Family.claim: "claim.get",
}
"""Which read tells what became of a write."""


def native_modules(tree: CarrierTree, faults: Faults) -> Carrier:
    """Plan the modules of a native carrier."""
    carrier = Carrier(tree, faults, wire_facts(tree.carrier.wire))
    declared = tree.carrier
    module = Module("carrier", "all operations", declared.file, carrier.digest(declared.file))
    carrier.modules["carrier"] = module
    specs = [
        spec for name, spec in sorted(OPERATIONS.items()) if name not in declared.unsupported and not spec.is_optional
    ]
    env = Environment(carrier, module, carrier.wire)
    for spec in specs:
        _operation(carrier, spec)
    _carrier(carrier, env, declared, specs)
    return carrier


def _operation(carrier: Carrier, spec: OperationSpec) -> None:
    name = spec.name.replace(".", "_")
    own = _own_file(carrier, spec)
    file = carrier.tree.carrier.file if own is None else own.file
    module = Module(name, spec.name, file, carrier.digest(file))
    carrier.modules[name] = module
    env = Environment(carrier, module, carrier.wire)
    use, request = env.use, Type("struct", spec.request).python(module.imports)
    errors = ""
    if carrier.tree.carrier.errors is not None:
        errors = f", {module.imports.add(f'{carrier.package}.carrier', 'ERRORS')}.exact"
    sent = f"return {use('native_sign')}({use('native_build')}({spec.name!r}, req, ctx), ctx)"
    raised = f"raise {use('cannot_send')}(error) from None"
    parameters = [f"req: {request}", f"ctx: {use('Context')}"]
    build = Try([Line(sent)], "Exception as error", [Line(raised)])
    doc = "The bytes of this call; raises `CannotSend` for what the wire cannot carry."
    module.functions.append(Function("build", parameters, use("WireRequest"), [build], doc))
    parameters = [f"reply: {use('WireReply')}", *parameters]
    read = Line(f"return {use('native_parse')}({spec.name!r}, reply, ctx{errors})")
    doc = "The reply, classified first and mapped second; never raises."
    module.functions.append(Function("parse", parameters, use("Reply"), [read], doc))
    module.exports.append(Constant("OPERATION", "", _operation_text(carrier, env, spec)))


def _operation_text(carrier: Carrier, env: Environment, spec: OperationSpec) -> str:
    use = env.use
    idempotency, inquiry = _declarations(carrier, spec)
    safety = f"{use('SafetyClass')}.{safety_class(is_read=spec.is_read, idempotency=idempotency, inquiry=inquiry)}"
    timeout = timeout_text(env, None)
    step = [f"name={spec.name!r}", f"operation={spec.name!r}", f"safety={safety}", "build=build", "parse=parse"]
    step += [f"timeout={timeout}"] if timeout else []
    fields = [f"carrier={carrier.id!r}", f"name={spec.name!r}", f"steps=({use('Step')}({', '.join(step)}),)"]
    if not spec.is_read:
        fields.append(f"idempotency={struct_text(env, 'Idempotency', idempotency)}")
    if inquiry is not None:
        fields.append(f"inquiry={struct_text(env, 'Inquiry', inquiry)}")
    return f"{use('Operation')}({', '.join([*fields, f'safety={safety}'])})"


def _own_file(carrier: Carrier, spec: OperationSpec) -> OperationFile | None:
    """The file in which a native carrier states its terms for one operation."""
    return next((each for each in carrier.tree.operations if each.name == spec.name), None)


def _declarations(carrier: Carrier, spec: OperationSpec) -> tuple[Idempotency, Inquiry | None]:
    """What the interface promises of an operation, and where its own file says so, the carrier's own terms."""
    if spec.is_read:
        return Idempotency(), None
    idempotency = Idempotency(kind="replay", key="request_no")
    asked = _ASKED_BY.get(spec.family)
    inquiry = None if asked is None else Inquiry(operation=asked, not_found_is_final_after_s=NOT_FOUND_IS_FINAL_AFTER_S)
    own = _own_file(carrier, spec)
    if own is None:
        return idempotency, inquiry
    stated, asked_after = declared_of(own)
    return stated if own.idempotency is not None else idempotency, asked_after or inquiry


def _carrier(carrier: Carrier, env: Environment, declared: CarrierFile, specs: list[OperationSpec]) -> None:
    use, module = env.use, env.module
    errors = ""
    if declared.errors is not None:
        with carrier.faults.collected():
            module.exports.append(error_table(env, declared.errors))
        errors = ", ERRORS.exact"
    notice = Line(f"return {use('native_notice')}(inbound, ctx{errors})")
    parameters = [f"inbound: {use('Inbound')}", f"ctx: {use('Context')}"]
    doc = "The answer to a write that was pending."
    module.functions.append(Function("notice", parameters, use("Notice"), [notice], doc))
    answer = Line(f"return {use('native_answer')}()")
    parameters = [f"notice: {use('Notice')}", f"ctx: {use('Context')}"]
    module.functions.append(Function("answer", parameters, use("WireReply"), [answer], "The acknowledgement."))
    pairs = ", ".join(f"{spec.name!r}: ({spec.name.replace('.', '_')!r},)" for spec in specs)
    fields = [
        f"id={declared.id!r}", f"name={declared.name!r}", f"version={declared.version!r}",
        f"mapping_sha256={module.sha256!r}", "native=True", f"operations={{{pairs},}}",
    ]  # fmt: skip
    if declared.unsupported:
        reasons = ", ".join(f"{name!r}: {reason.value!r}" for name, reason in sorted(declared.unsupported.items()))
        fields.append(f"unsupported={{{reasons},}}")
    if timeout := timeout_text(env, None):
        fields.append(f"timeout={timeout}")
    fields += tls_field(env, declared)
    callback = f"{use('Callback')}(name='operation_result', operation='policy.issue', read=notice, answer=answer)"
    config, secrets = {"base_url"}, {"hmac_key", "token"}
    fields += [
        f"callbacks={{'operation_result': {callback}}}",
        f"config_keys={tuple(sorted(config | tls_settings(declared, 'config')))!r}",
        f"secret_keys={tuple(sorted(secrets | tls_settings(declared, 'secret')))!r}",
    ]
    module.exports.append(Constant("CARRIER", "", f"{use('Carrier')}({', '.join([*fields, *limits(env, declared)])})"))
