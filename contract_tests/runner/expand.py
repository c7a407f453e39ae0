"""From examples to checks: what each example says outright, and what follows from it without being written."""

from collections.abc import Iterator, Sequence

from contract_tests.derive.codes import OTHER, bears_code
from contract_tests.examples.check import Check, Prove, Run
from contract_tests.examples.example import Example, ExampleFile, FaultGiven
from contract_tests.examples.proof import Proof
from contract_tests.examples.subject import Subject
from contract_tests.examples.twins import CALLBACKS, PROMISES, SOCKET_FAULTS, TWINS
from contract_tests.runner import checks_callback, checks_reply, checks_request
from contract_tests.runner.called import called
from contract_tests.runner.checks_errors import ErrorRow
from contract_tests.runner.checks_recorded import as_recorded
from contract_tests.runner.checks_request import request_bytes
from contract_tests.runner.checks_scrub import scrubbed
from contract_tests.runner.level1 import client_stack, fault_in_memory
from contract_tests.runner.level2 import against_mock, fault_on_socket
from contract_tests.runner.once import once_for_a_carrier
from contract_tests.runner.pairs import swapped
from contract_tests.runner.window import maintained

LEVEL_MAX = 2
_NO, _NOT_YET = ("declined", "refused"), ("pending", "not_executed", "unknown")


def checks_of(file: ExampleFile, subject: Subject, level: int = LEVEL_MAX) -> list[Check]:
    """Every check of a file up to a level, in the order of its examples."""
    return [check for run, checks in expand(file, subject) for check in checks if check.level <= level and run]


def expand(file: ExampleFile, subject: Subject) -> Iterator[tuple[Run, list[Check]]]:
    """The checks of each example."""
    runs = [Run(file, example, subject) for example in file.examples]
    yes, coded = file.first("accepted"), coded_run(runs, subject)
    for run in runs:
        checks = [*stated(run), *_forged(run), *_at_the_endpoint(run), *_returned(run), *_scrubbed(run)]
        if run.example is yes:
            checks += _derived(run)
        checks += once_for_a_carrier(run)
        if run is coded:
            checks += _error_rows(run)
        yield run, checks


def coded_run(runs: Sequence[Run], subject: Subject) -> Run | None:
    """The example whose reply bears a code that the error table was asked about: a no before a not yet."""
    if not any(looks_codes_up(subject, run.example) for run in runs):
        return None
    # On the native wire a word decides, and only a no depends on its code.
    kinds = (_NO,) if subject.is_native else (_NO, _NOT_YET)
    for outcomes in kinds:
        for run in runs:
            if run.example.is_answered and run.example.outcome in outcomes and bears_code(run):
                return run
    return None


def stated(run: Run) -> Iterator[Check]:
    """The checks an example says outright; nothing that is derived from it."""
    example = run.example
    if example.callback is not None:
        yield from _callback(run)
        return
    if example.expect.word("cannot_send") is not None:
        yield Check(run=run, name="cannot-send", level=0, promise="C01", prove=checks_request.cannot_send)
        return
    if example.expect.word("not_offered") is not None:
        yield Check(run=run, name="not-offered", level=0, promise="C01", prove=checks_request.not_offered)
        return
    if example.fault is not None:
        yield from _fault(run)
        return
    for exchange in example.exchanges:
        if exchange.request is not None and exchange.request.says_something:
            name = f"request-bytes-{exchange.step}" if exchange.step else "request-bytes"
            yield Check(run=run, name=name, level=0, promise="C01", prove=request_bytes(exchange.step))
    if example.is_answered and example.outcome is not None:
        yield Check(run=run, name="outcome", level=0, promise="C04", prove=checks_reply.outcome)
        yield Check(run=run, name="client-stack", level=1, promise="C04", prove=client_stack)
    if example.is_answered and example.expect.canonical is not None:
        yield Check(run=run, name="reply", level=0, promise="C04", prove=checks_reply.reply)
    if example.given is not None and example.given.here and run.subject.has_mock:
        yield Check(run=run, name="mock", level=2, promise="C01", prove=against_mock)
        if example.provenance.kind == "recorded" and example.is_answered:
            yield Check(run=run, name="mock-recorded", level=2, promise="C01", prove=as_recorded)


def _returned(run: Run) -> Iterator[Check]:
    """What the request of a yes says, read back."""
    example = run.example
    done = example.is_answered and example.outcome in ("accepted", "pending")
    if done and example.callback is None and tells_by_rows(run.subject, example):
        yield Check(run=run, name="round-trip", level=0, promise="C20", prove=_round_trip)


def _scrubbed(run: Run) -> Iterator[Check]:
    """No transcript of a yes tells of anybody: what one example hides, another may not."""
    example = run.example
    if example.is_answered and example.callback is None and example.outcome == "accepted":
        yield Check(run=run, name="scrubbed", level=1, promise="C22", prove=scrubbed)


def _error_table(rows: tuple[str, ...]) -> Prove:
    async def prove(run: Run, proof: Proof) -> None:
        from contract_tests.runner.level1_replies import error_table  # noqa: PLC0415 - it opens and closes messages

        await error_table(run, proof, rows)

    return prove


async def _statuses(run: Run, proof: Proof) -> None:
    from contract_tests.runner.level1_replies import statuses  # noqa: PLC0415 - it opens and closes messages

    await statuses(run, proof)


def _round_trip(run: Run, proof: Proof) -> None:
    from contract_tests.runner.checks_roundtrip import round_trip  # noqa: PLC0415 - it brings the generator along

    round_trip(run, proof)


def tells_by_rows(subject: Subject, example: Example) -> bool:
    """Whether a request of the example's operation says anything that could be read back."""
    if subject.is_native:
        return True
    declared = subject.declared(example)
    requests = [step.request for step in declared.steps] if declared is not None else []
    return any(
        each.cases or each.extends or any(row.lossy is None and row.when is None for row in each.rows)
        for each in requests
    )


def _fault(run: Run) -> Iterator[Check]:
    fault = run.example.fault
    assert fault is not None
    name = f"fault-{fault.name}"
    if fault.name in TWINS:
        promise = PROMISES.get(fault.name, "C16")
        yield Check(run=run, name=name, level=1, promise=promise, prove=fault_in_memory, fault=fault.name)
    if fault.name in SOCKET_FAULTS and run.subject.has_mock and run.example.given is not None:
        promise = PROMISES.get(fault.name, "C18")
        yield Check(run=run, name=f"{name}-socket", level=2, promise=promise, prove=_on_socket(fault), fault=fault.name)


def _on_socket(fault: FaultGiven) -> Prove:
    if fault.name in CALLBACKS:
        return called
    if fault.name == "swap_response":
        return swapped
    return maintained if "window" in fault.params else fault_on_socket


def _callback(run: Run) -> Iterator[Check]:
    expect = run.example.expect
    yield Check(run=run, name="callback", level=0, promise="C19", prove=checks_callback.callback)
    if expect.answer is not None:
        yield Check(run=run, name="callback-answer", level=0, promise="C19", prove=checks_callback.answer)


def _at_the_endpoint(run: Run) -> Iterator[Check]:
    """A genuine callback that names an operation by our number, at the gateway's own address."""
    expect = run.example.expect
    named = (expect.word("correlate") or {}).get("request_no")
    if run.example.callback is not None and expect.word("genuine") is True and named and expect.word("matched"):
        yield Check(run=run, name="callback-endpoint", level=1, promise="C19", prove=_callback_endpoint)


async def _callback_endpoint(run: Run, proof: Proof) -> None:
    from contract_tests.runner.checks_endpoint import callback_endpoint  # noqa: PLC0415 - it brings a gateway along

    await callback_endpoint(run, proof)


def _forged(run: Run) -> Iterator[Check]:
    """A genuine signed callback with one bit changed."""
    given = run.example.callback
    genuine = given is not None and run.example.expect.word("genuine") is True
    if genuine and given is not None and given.inbound.body and run.subject.verifies:
        yield Check(run=run, name="callback-tampered", level=0, promise="C19", prove=checks_callback.tampered)


def _derived(run: Run) -> Sequence[Check]:
    found = [
        Check(run=run, name="unreadable-reply", level=0, promise="C13", prove=checks_reply.unreadable),
        Check(run=run, name="cut-reply", level=0, promise="C12", prove=checks_reply.cut),
        Check(run=run, name="freshness", level=1, promise="C03", prove=checks_request.freshness),
    ]
    found.append(Check(run=run, name="statuses", level=1, promise="C14", prove=_statuses))
    if run.subject.verifies:
        found.append(Check(run=run, name="tampered-reply", level=0, promise="C02", prove=checks_reply.tampered))
    return found


def looks_codes_up(subject: Subject, example: Example) -> bool:
    """Whether the example's operation asks the error table at all."""
    if subject.is_native:
        return True
    declared = subject.declared(example)
    steps = declared.steps if declared is not None else ()
    return any(row.by_code is not None for step in steps for row in step.response.outcome)


def _error_rows(run: Run) -> Iterator[Check]:
    if run.subject.coded is None:
        run.subject.coded = (run.file.path, run.example.id)
    is_first = run.subject.coded == (run.file.path, run.example.id)
    # The table is the carrier's: all of its rows once, and of every other operation that it asks the table at all.
    rows = tuple(run.subject.error_rows) if is_first else (OTHER,)
    yield Check(run=run, name="error-table", level=1, promise="C05", prove=_error_table(rows))
    for code in run.subject.error_rows:
        name = "unknown-code" if code == OTHER else f"error-row-{code}"
        yield Check(run=run, name=name, level=0, promise="C05", prove=ErrorRow(code))
