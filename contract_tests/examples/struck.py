"""What a fault needs to prove anything: a name and parameters its mock knows, a mock to ask, an end that is said."""

from pathlib import Path

from contract_tests.examples.example import Example, FaultGiven
from contract_tests.examples.twins import CALLBACKS, PAIRED, SOCKET_FAULTS, TWINS, UNASKED
from contract_tests.mock.faults import BadPlan, make_plan
from gateway.catalogue.values import Faults, did_you_mean

_OVER = ("resend", "retry")


def refuse_unprovable(example: Example, mock: Path, faults: Faults) -> None:
    """Every reason why an example with a fault would prove nothing; `mock` is the carrier's mock.yaml."""
    fault = example.fault
    if fault is None:
        _refuse_words(example, faults)
        return
    if fault.name not in SOCKET_FAULTS:
        known = ", ".join(sorted(SOCKET_FAULTS))
        hint = did_you_mean(fault.name, SOCKET_FAULTS) or f"one of {known}"
        faults.add(fault.mark, f"there is no fault '{fault.name}'", hint, code="E702")
        return
    _refuse_params(fault, faults)
    if fault.name not in TWINS and (example.given is None or not mock.is_file()):
        hint = "given: {} when the mock needs no state; insurehub mock serve needs mock.yaml"
        faults.add(fault.mark, f"{fault.name} is played by the carrier's mock alone: say given", hint, code="E706")
    _refuse_no_end(example, fault, faults)


def _refuse_params(fault: FaultGiven, faults: Faults) -> None:
    if fault.other and fault.name not in PAIRED:
        told = f"{fault.name} is about one operation: 'other' is for {' and '.join(sorted(PAIRED))}"
        faults.add(fault.mark, told, code="E702")
    if fault.name in UNASKED:
        return
    try:
        make_plan([{"fault": fault.name, "with": dict(fault.params)}])
    except BadPlan as wrong:
        faults.add(fault.mark, str(wrong), code="E702")


def _refuse_no_end(example: Example, fault: FaultGiven, faults: Faults) -> None:
    expect = example.expect
    lost = fault.name == "lost_callback"
    if fault.name in CALLBACKS and not lost and expect.word("callback") is None:
        hint = "expect: { outcome: pending, callback: accepted }"
        faults.add(expect.mark, f"{fault.name}: say what the callback comes to", hint, code="E706")
    if lost and expect.word("inquiry") is None:
        hint = "expect: { outcome: pending, inquiry: accepted }"
        faults.add(expect.mark, "a callback that is lost: say what an inquiry comes to", hint, code="E706")
    if "window" in fault.params and expect.word("inquiry") is None and expect.word("next") not in _OVER:
        hint = "next: resend, or inquiry: and its outcome"
        faults.add(expect.mark, "say what comes of it when the window is over", hint, code="E706")
    if fault.name not in CALLBACKS and expect.word("callback") is not None:
        faults.add(expect.words["callback"].mark, f"{fault.name} is no fault of a callback", code="E702")


def _refuse_words(example: Example, faults: Faults) -> None:
    """Words about what comes after a fault, where there is none."""
    for word in ("callback", "inquiry"):
        stated = example.expect.words.get(word)
        if stated is not None:
            faults.add(stated.mark, f"expect.{word} is about a fault, and this example has none", code="E702")
