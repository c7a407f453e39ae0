"""Check one carrier, or a whole workspace: every fault of every file at once, sorted by file and line."""

from dataclasses import dataclass
from pathlib import Path

from cli.mapping.checks.coverage import check_coverage
from cli.mapping.checks.declarations import (
    check_callback,
    check_correlation,
    check_declarations,
    check_operations_told,
    check_unsupported,
    check_variants,
)
from cli.mapping.checks.expressions import check_expression
from cli.mapping.checks.filters import check_read_parts, check_sent_parts
from cli.mapping.checks.layers import (
    check_call,
    check_call_headers,
    check_carrier_wire,
    check_layers,
    check_opened,
    check_options,
    check_sent,
    check_transport,
)
from cli.mapping.checks.needs import check_needs
from cli.mapping.checks.outcomes import check_errors, check_outcome
from cli.mapping.checks.personal import check_personal
from cli.mapping.checks.proof import check_believed, check_forms
from cli.mapping.checks.records import check_record_rows, check_response_rows
from cli.mapping.checks.rows import check_message
from cli.mapping.checks.sealed import check_sealed
from cli.mapping.checks.statement import check_statement
from cli.mapping.checks.support import check_support
from cli.mapping.checks.surroundings import Checking, Place, WireFacts, reply_facts, wire_facts
from cli.mapping.checks.tables import check_tables, check_tables_used
from cli.mapping.checks.token import check_token, check_token_sent
from cli.mapping.checks.wire_schema import check_wire_schema
from cli.mapping.load import load_carrier
from cli.mapping.resolve import resolve
from cli.mapping.tree import CallbackDecl, CarrierTree, Message, OperationFile, StepDecl
from cli.mapping.workspace import CarrierFolder, carrier_folders
from gateway.catalogue.marks import Diagnostic
from gateway.catalogue.values import Faults
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import StructType, describe


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: diagnostics by place, how many of each severity, the files and the trees that were read."""

    diagnostics: tuple[Diagnostic, ...] = ()
    files: tuple[str, ...] = ()
    trees: tuple[CarrierTree, ...] = ()

    @property
    def errors(self) -> int:
        """How many stop generation."""
        return sum(each.severity == "error" for each in self.diagnostics)

    @property
    def warnings(self) -> int:
        """How many do not."""
        return len(self.diagnostics) - self.errors


def check_workspace(root: Path, carriers: tuple[str, ...] | None = None) -> Report:
    """Check carriers of a workspace (all, or those named) and of the installed folder it extends.

    Diagnostics of products and channels are the catalogue's; who prints a report adds them.
    """
    folders, found = carrier_folders(root, carriers)
    diagnostics = list(found)
    files: list[str] = []
    trees: list[CarrierTree] = []
    for folder in folders:
        report = check_folder(folder)
        diagnostics += report.diagnostics
        files += report.files
        trees += report.trees
    ordered = sorted(dict.fromkeys(diagnostics), key=lambda each: (each.mark, each.code))
    return Report(tuple(ordered), tuple(files), tuple(trees))


def check_folder(folder: CarrierFolder) -> Report:
    """Check one carrier's folder."""
    tree, found = load_carrier(folder.path, folder.root)
    if tree is None:
        return Report(found)
    faults = Faults()
    faults.extend(found)
    check_carrier(tree, faults)
    check_personal(folder.path, folder.root, faults)
    return Report(faults.all(), tuple(tree.sha256), (tree,))


def check_carrier(tree: CarrierTree, faults: Faults) -> None:
    """Everything beyond the form of a carrier's files; `faults` holds what is wrong with their form, and takes more."""
    broken = frozenset((each.mark.file, each.mark.line) for each in faults.all() if each.severity == "error")
    checking = Checking(resolve(tree, faults), faults, broken)
    check_tables(checking)
    check_carrier_wire(checking, tree.carrier)
    check_token(checking)
    for operation in checking.resolved.operations:
        _operation(checking, operation)
    if tree.statement is not None:
        check_statement(checking, tree.statement)
    for callback in tree.carrier.callbacks:
        if callback.operation:
            _callback(checking, callback)
    check_errors(checking)
    check_variants(checking)
    check_unsupported(checking)
    check_support(checking)
    check_wire_schema(checking)
    if not faults.has_errors:
        # What is left over, or nowhere to be seen, is only known once everything else is right.
        check_operations_told(checking)
        _check_leftovers(checking)


def _operation(checking: Checking, operation: OperationFile) -> None:
    spec = OPERATIONS[operation.name]
    request, result = describe(spec.request), describe(spec.result)
    checking.begin()
    earlier: tuple[str, ...] = ()
    for step in operation.steps:
        sending = _place(checking, step, "send", request, request, earlier)
        _step(checking, operation, step, sending, _place(checking, step, "read", result, request, earlier))
        earlier = (*earlier, step.name)
    if operation.when is not None:
        where = Place("send", request, request, operation.name, WireFacts(), req=request)
        check_expression(checking, operation.when, where, wanted="test", wire=False)
    if checking.is_broken(operation.file):
        return
    check_declarations(checking, operation)
    if operation.steps and operation.file not in checking.misnamed:
        _coverage(checking, operation, request, result)


def _place(
    checking: Checking,
    step: StepDecl,
    side: str,
    kind: StructType,
    request: StructType,
    earlier: tuple[str, ...],
) -> Place:
    layers = checking.carrier.wire if step.wire is None else step.wire
    wire = wire_facts(layers)
    replies = step.reply if step.wire is not None or step.reply else checking.carrier.reply
    if side == "read" and replies:
        wire = reply_facts(replies[0], wire)
    return Place(
        side="send" if side == "send" else "read",
        kind=kind,
        root=kind,
        title=f"{step.name} {'request' if side == 'send' else 'response'}",
        wire=wire,
        req=request,
        steps=frozenset(earlier),
    )


def _step(checking: Checking, operation: OperationFile, step: StepDecl, sending: Place, reading: Place) -> None:
    is_write = not OPERATIONS[step.operation].is_read
    _check_type(checking, step.request, sending)
    _check_type(checking, step.response.message, reading)
    if step.when is not None:
        check_expression(checking, step.when, sending, wanted="test", wire=False)
    check_needs(checking, operation, step, sending)
    check_transport(checking, step.transport)
    layers = checking.carrier.wire if step.wire is None else step.wire
    check_call(checking, step.call, sending, layers, step.mark)
    check_call_headers(checking, step.headers, sending)
    check_layers(checking, step.wire or ())
    check_opened(checking, step.wire or (), step.reply)
    check_believed(checking, step)
    check_sent(checking, layers, step.reply or ())
    for reply in step.reply or ():
        check_layers(checking, reply, reply=True)
    check_forms(checking, step.reply or ())
    _check_bodyless(checking, step.request)
    check_message(checking, step.request, sending)
    check_message(checking, step.response.message, reading)
    check_record_rows(checking, step.request, (layers,))
    own = step.reply or () if step.wire is not None else step.reply or checking.carrier.reply
    check_response_rows(checking, step.response, layers, own)
    whole = None if checking.is_broken(operation.file) else operation
    check_outcome(checking, step.response, reading, is_write=is_write, operation=whole)
    check_correlation(checking, step.response, reading, is_write=is_write)


def _check_bodyless(checking: Checking, request: Message) -> None:
    if request.body is not None and (request.send or request.rows or request.cases or request.blank):
        checking.say("E445", request.body.mark, "a request without a body has no rows: they would be sent nowhere")


def _check_type(checking: Checking, message: Message, place: Place) -> None:
    """A request and a response are of the types their operation is named after."""
    assert isinstance(place.kind, StructType)
    if message.of is None and message.extends is None:
        checking.say("E204", message.mark, f"{place.title} does not say what it is of", f"of: {place.kind.name}")
    elif message.of is not None and message.of.value != place.kind.name:
        checking.say("E204", message.of.mark, f"{place.title} is of {place.kind.name}, not '{message.of.value}'")


def _coverage(checking: Checking, operation: OperationFile, request: StructType, result: StructType) -> None:
    first = operation.steps[0]
    requests = tuple(step.request for step in operation.steps)
    responses = tuple(step.response.message for step in operation.steps)
    title = operation.name
    check_coverage(checking, requests, request, side="send", title=f"{title} request", mark=first.request.mark)
    mark = first.response.message.mark
    check_coverage(checking, responses, result, side="read", title=f"{title} response", mark=mark)
    check_sent_parts(checking, requests, request, f"{title} request")
    check_read_parts(checking, responses, f"{title} response")


def _callback(checking: Checking, callback: CallbackDecl) -> None:
    spec = OPERATIONS[callback.operation]
    result, request = describe(spec.result), describe(spec.request)
    checking.begin()
    came = callback.wire if callback.wire is not None else next(iter(checking.carrier.reply), ())
    facts = reply_facts(came, wire_facts(checking.carrier.wire))
    place = Place("read", result, result, f"callback {callback.name}", facts)
    for condition, wanted in ((callback.match, "test"), (callback.dedup, "value")):
        if condition is not None:
            check_expression(checking, condition, place, wanted="test" if wanted == "test" else "value", reply=True)
    check_layers(checking, callback.wire or (), reply=True)
    check_sent(checking, (), (came,))
    checking.heard = frozenset({callback.name})
    check_layers(checking, callback.answer.wire or ())
    checking.heard = frozenset()
    check_options(checking, callback.answer.fields, place)
    check_message(checking, callback.response.message, place)
    check_response_rows(checking, callback.response, (), (came,))
    check_outcome(checking, callback.response, place, is_write=not spec.is_read, operation=None)
    check_callback(checking, callback, Place("send", request, request, place.title, place.wire))


def _check_leftovers(checking: Checking) -> None:
    check_sealed(checking)
    check_token_sent(checking)
    check_tables_used(checking)
    extended = {shape.extends.value for shape in checking.carrier.shapes.values() if shape.extends is not None}
    for name, shape in checking.carrier.shapes.items():
        if name not in checking.shapes_used and name not in extended:
            checking.say("W252", shape.mark, f"shape '{name}' is used nowhere")
