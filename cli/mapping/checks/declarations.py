"""What an operation declares: idempotency, inquiry, correlation, variants; and what a carrier leaves out."""

from cli.mapping.callbacks import is_verified
from cli.mapping.capabilities import NUMBER
from cli.mapping.checks.asking import asks_by_another, names_ours, sends
from cli.mapping.checks.batches import BATCH, check_batch
from cli.mapping.checks.canonical import field_at
from cli.mapping.checks.converters import check_codec
from cli.mapping.checks.own_number import check_own_number
from cli.mapping.checks.surroundings import Checking, Place
from cli.mapping.grammar import SyntaxFault
from cli.mapping.paths import parse_path
from cli.mapping.tree import CallbackDecl, Echo, OperationFile, OutcomeRow, Response, Result, Text
from gateway.catalogue.values import did_you_mean
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import Field, Scalar, ScalarKind

_OURS = ("request_no", "attempt_no")


def check_declarations(checking: Checking, operation: OperationFile) -> None:
    """Idempotency and inquiry of one operation, from which its safety class is derived; and the items of a batch."""
    check_batch(checking, operation)
    if OPERATIONS[operation.name].is_read:
        if operation.idempotency is not None and operation.idempotency.kind.value != "none":
            place = operation.idempotency.mark
            checking.say("W416", place, f"{operation.name} has no effect at a carrier: idempotency says nothing")
        return
    _check_idempotency(checking, operation)
    _check_echoes(checking, operation)
    check_own_number(checking, operation)
    if operation.inquiry is not None:
        _check_inquiry(checking, operation)


def _check_echoes(checking: Checking, operation: OperationFile) -> None:
    for echo in (echo for step in operation.steps for echo in step.response.correlate):
        number = echo.ours.value
        if number in _OURS and not checking.carrier.native and not sends(checking, operation, number):
            message = f"the reply must bear {number}, which {operation.name} never sends: all of them would be unknown"
            checking.say("E420", echo.ours.mark, message, f"send ={number}(..), or correlate what is sent")


def _check_idempotency(checking: Checking, operation: OperationFile) -> None:
    declared = operation.idempotency
    kind = "none" if declared is None else declared.kind.value
    if operation.inquiry is None and kind != "replay":
        message = f"{operation.name} can end unknown, and nothing says how to find out"
        hint = "declare inquiry: a person will have to resolve it otherwise"
        mark = operation.mark if declared is None else declared.mark
        checking.say("W412" if kind == "none" else "E412", mark, message, hint)
    if operation.inquiry is not None and kind == "none":
        hint = "say idempotency: { kind: query_only } where the carrier tells duplicates only when asked"
        checking.say("W413", operation.inquiry.mark, "with idempotency none this inquiry is never used", hint)
    if declared is None:
        return
    if declared.ttl_s is not None and kind != "replay":
        checking.say("E413", declared.mark, f"ttl is how long a carrier replays, and the kind is {kind}")
    if declared.key is None and kind in ("replay", "reject_duplicate"):
        hint = "key: the wire path or header it stands in"
        checking.say("E413", declared.mark, f"{kind} knows a duplicate by its key, and none is named", hint)
    if declared.key is not None:
        _check_key(checking, declared.key)


def _check_key(checking: Checking, key: Text) -> None:
    try:
        parse_path(key.value, key.mark)
    except SyntaxFault as fault:
        checking.say("E113", fault.place(key.mark), f"no path: {fault}", fault.hint)


def _check_inquiry(checking: Checking, operation: OperationFile) -> None:
    inquiry = operation.inquiry
    assert inquiry is not None
    present = _present(checking)
    name = inquiry.operation.value
    spec = OPERATIONS.get(name)
    if checking.is_broken(_file_of(operation, name)):
        return
    if spec is None or name not in present:
        hint = did_you_mean(name, present if spec is not None else OPERATIONS)
        checking.say("E414", inquiry.operation.mark, f"this carrier has no operation '{name}' to ask with", hint)
        return
    if not spec.is_read:
        checking.say("E414", inquiry.operation.mark, f"'{name}' is a write: an inquiry must have no effect")
        return
    ours = inquiry.by is None or inquiry.by.value == "our_reference"
    if ours and not checking.carrier.native and not names_ours(checking, operation, name):
        message = f"{name} never sends our number: after a lost answer it would ask for nothing"
        hint = f"{name}.yaml sends =request_no(..), or a field of the request that correlate names; or by: natural_key"
        checking.say("E414", (inquiry.by or inquiry.operation).mark, message, hint.replace(".", "_", 1))
    elif ours and (lengths := asks_by_another(checking, operation, name)) is not None and operation.name != BATCH:
        sent, asked = lengths
        message = f"{operation.name} is sent under {sent} characters of our number, and asked after by {asked}"
        hint = f"the same in both: request_no({min(lengths)})"
        checking.say("E477", (inquiry.by or inquiry.operation).mark, message, hint)
    if inquiry.not_found_is_final_after_s is None:
        hint = "not_found_is_final_after: how long after sending a 'not found' is proof"
        checking.say("W415", inquiry.mark, "a 'not found' never proves anything here", hint)
    elif not _can_say_not_found(checking, name):
        message = f"no reply of {name} is declined with code {OPERATIONS[name].not_found.value}"
        checking.say("W417", inquiry.operation.mark, f"{message}: nothing is ever found missing")


def _file_of(operation: OperationFile, name: str) -> str:
    """The file another operation of the same carrier stands in."""
    return f"{operation.file.rpartition('/')[0]}/{name.replace('.', '_')}.yaml"


def _present(checking: Checking) -> set[str]:
    """The operations a carrier offers; a native one needs no file for that."""
    if checking.carrier.native:
        return set(OPERATIONS) - set(checking.carrier.unsupported)
    return {each.name for each in checking.resolved.operations}


def _can_say_not_found(checking: Checking, name: str) -> bool:
    if checking.carrier.native:
        # The published interface has a "no such record" for every read.
        return True
    wanted = OPERATIONS[name].not_found.value
    rows: list[OutcomeRow] = []
    for operation in checking.resolved.operations:
        if operation.name == name:
            rows += [row for step in operation.steps for row in step.response.outcome]
    results = [row.result for row in rows if row.result is not None]
    if any(row.by_code is not None for row in rows):
        if checking.carrier.errors is None:
            return True
        results += [result for _, result in checking.carrier.errors.rows]
    return any(_is_no(result, wanted) for result in results)


def _is_no(result: Result, wanted: str) -> bool:
    return result.kind.value == "declined" and result.code is not None and result.code.value == wanted


def check_correlation(checking: Checking, response: Response, place: Place, *, is_write: bool) -> None:
    """A write's reply must prove to be ours, or say that this carrier echoes nothing."""
    if is_write and not response.correlate and not response.echo_none:
        hint = "correlate: { request_no: <wire path> }, or echo: none where the carrier echoes nothing"
        checking.say("E420", response.mark, "nothing shows that a reply belongs to this request", hint)
    if response.correlate and response.echo_none:
        checking.say("E420", response.mark, "both correlate and echo: none")
    if response.echo_yes and not response.correlate:
        checking.say("E420", response.mark, "echo: success without correlate: what is echoed on success?")
    for echo in response.correlate:
        _check_told(checking, echo, place)
        if echo.ours.value not in _OURS and place.req is not None:
            _check_ours(checking, echo.ours, Place("send", place.req, place.req, place.title, place.wire))


def _check_told(checking: Checking, echo: Echo, place: Place) -> None:
    """A codec behind `as` works on a text."""
    if echo.codec is not None:
        field = Field("correlate", "correlate", Scalar(ScalarKind.text))
        check_codec(checking, echo.codec, field, place, echo.codec.mark)


def _check_ours(checking: Checking, ours: Text, place: Place) -> bool:
    """Whether what is ours is there at all; what is not is reported."""
    try:
        path = parse_path(ours.value, ours.mark)
    except SyntaxFault:
        # The loader has said so.
        return False
    if not path.anchor and len(path.segments) == 1 and not path.segments[0].selectors:
        name = path.segments[0].name
        if name.endswith("_no") and name not in OPERATIONS and field_names_lack(place, name):
            checking.say("E421", ours.mark, f"'{name}' is nothing of ours", did_you_mean(name, _OURS))
            return False
    return field_at(checking, place, path) is not None


def field_names_lack(place: Place, name: str) -> bool:
    """Whether the request has no field of that name."""
    fields = getattr(place.kind, "fields", {})
    return name not in fields


def check_callback(checking: Checking, callback: CallbackDecl, place: Place) -> None:
    """A callback must find its operation."""
    if not callback.correlate:
        hint = "correlate: { request_no: <wire path> }"
        checking.say("E422", callback.mark, f"callback '{callback.name}' cannot find its operation", hint)
    for echo in callback.correlate:
        ours = echo.ours
        _check_told(checking, echo, place)
        if ours.value != "request_no" and _check_ours(checking, ours, place) and not NUMBER.fullmatch(ours.value):
            hint = "request_no, or a number we were given: numbers(kind=policy).no"
            checking.say("E421", ours.mark, f"no operation is found by '{ours.value}'", hint)
    if not is_verified(callback):
        hint = "verify: same, or a verify layer in wire"
        checking.say("W423", callback.mark, f"callback '{callback.name}' is believed without a signature", hint)


def check_variants(checking: Checking) -> None:
    """Of several files of one operation exactly one's `when` must hold; a variant alone needs one as well."""
    by_name: dict[str, list[OperationFile]] = {}
    for operation in checking.resolved.operations:
        by_name.setdefault(operation.name, []).append(operation)
    for name, operations in by_name.items():
        for operation in operations:
            if operation.when is None and (operation.variant or len(operations) > 1):
                hint = "when: a condition over req that holds for this variant only"
                checking.say("E430", operation.mark, f"{name} has variants: each file needs its 'when'", hint)


def check_unsupported(checking: Checking) -> None:
    """What is declared unsupported has no file."""
    present = {operation.name for operation in checking.resolved.operations}
    for name, reason in checking.carrier.unsupported.items():
        if name in present:
            checking.say("E431", reason.mark, f"'{name}' is unsupported, and there is a file for it")


def check_operations_told(checking: Checking) -> None:
    """Every operation is either there or declared unsupported, with the reason."""
    carrier = checking.carrier
    present = {operation.name for operation in checking.resolved.operations}
    told = {name for name, spec in OPERATIONS.items() if not spec.is_optional}
    left = [name for name in OPERATIONS if name in told and name not in present and name not in carrier.unsupported]
    if left and not carrier.native:
        hint = "add files, or unsupported: { operation: reason }"
        checking.say("W432", carrier.mark, f"neither a file nor a reason for {', '.join(left)}", hint)


__all__ = [
    "check_callback", "check_correlation", "check_declarations", "check_operations_told", "check_unsupported",
    "check_variants",
]  # fmt: skip
