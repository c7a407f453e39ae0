"""C20: what an example sends, read back by the mapping's own rows, is what went in; what is lost has to be declared."""

from collections.abc import Iterable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from cli.codegen.plan.names import snake
from contract_tests.examples.check import Run
from contract_tests.examples.flow import Played
from contract_tests.examples.proof import Proof
from contract_tests.examples.shown import shown
from contract_tests.examples.subject import Subject
from contract_tests.roundtrip.inverse import Call, Inverse, NotInvertible
from contract_tests.roundtrip.told import Told, told
from contract_tests.runner.canonical import differences, is_personal
from gateway.wire import XmlForm, json_in, json_out, xml_in, xml_out

_INTERNAL, _CHANNEL = "routing", "channel"
_INVERSES: WeakKeyDictionary[Subject, Inverse] = WeakKeyDictionary()
DECLARE = "; what the carrier cannot take whole is declared in its row: lossy: why"


def round_trip(run: Run, proof: Proof) -> None:
    """Every call of the example, opened again and read."""
    sent = [played for played in run.flow.played if played.wire is not None]
    proof.holds(sent, at="calls", mark=run.example.mark, expected="a request that can be built", actual="none")
    for played in sent:
        if run.subject.is_native:
            _native(run, played, proof)
        else:
            _mapped(run, played, proof)


def _native(run: Run, played: Played, proof: Proof) -> None:
    """The interface's own message holds the request as it is, but for what is the gateway's alone."""
    assert played.wire is not None
    body = msgspec.json.decode(played.wire.body)
    read = msgspec.convert(body["request"], type(run.example.request))
    proof.compared += 1
    for path, mine, theirs in differences(_outward(run.example.request), _outward(read)):
        _lost(run, proof, path, mine, theirs)


def _outward(request: Any) -> dict[str, Any]:
    tree: dict[str, Any] = msgspec.to_builtins(request)
    tree.pop(_INTERNAL, None)
    tree.update({"numbers": [{**each, _CHANNEL: None} for each in tree.get("numbers", ())]})
    return tree


def _mapped(run: Run, played: Played, proof: Proof) -> None:
    try:
        values = list(_told(run, played))
    except NotInvertible as why:
        proof.fails(at="mapping", mark=run.example.mark, expected="rows that can be read back", actual=str(why))
        return
    # A message of constants and expressions alone has been opened, and says nothing by rows.
    proof.compared += 1 + len(values)
    for each in values:
        if not each.is_same:
            line = run.subject.lines.shown(each.mark)
            _lost(run, proof, each.path, each.sent, each.read, line)


def inverse_of(subject: Subject) -> Inverse:
    """What reads back the requests of a carrier's mapping, made once. Raises NotInvertible."""
    if subject not in _INVERSES:
        _INVERSES[subject] = Inverse(subject.tree)
    return _INVERSES[subject]


def _told(run: Run, played: Played) -> Iterator[Told]:
    inverse, request = inverse_of(run.subject), run.example.request
    call: Call = (run.example.operation, run.flow.operation.variant, played.step.name)
    key = inverse.message(call, request)
    if key is None:
        return
    assert played.wire is not None
    wire = inverse.opened(call, played.wire.body, played.context)
    if wire is None:
        wire = _over_the_wire(_message(run, played), inverse.format(call))
    read, _ = inverse.read(key, wire, request, played.context)
    tables = run.subject.tree.carrier.tables
    yield from told(inverse.messages[key], inverse.shapes, tables, request, read)


def _message(run: Run, played: Played) -> Any:
    """The message the adapter makes, before layers that only the carrier opens."""
    single = len(run.flow.operation.steps) == 1
    name = "message" if single else f"message_{snake(played.step.name)}"
    return played.step.build.__globals__[name](run.example.request, played.context)


def _over_the_wire(message: Any, form: str) -> Any:
    if form in ("xml", "soap"):
        return xml_in(xml_out(message, XmlForm(root="message")))
    return json_in(json_out(message)) if form == "json" else message


def _lost(
    run: Run, proof: Proof, path: Iterable[str], sent: Any, read: Any, mapping: str | None = None
) -> None:  # fmt: skip
    names = [*path]
    hidden = is_personal(type(run.example.request), names)
    at = "$" + "".join(f"[{name}]" if name.isdigit() else f".{name}" for name in names)
    proof.fails(
        at=f"{at} of the request, sent and read back",
        mark=run.example.mark,
        expected=_shown(sent, hidden=hidden),
        actual=_shown(read, hidden=hidden) + DECLARE,
        mapping=mapping,
    )


def _shown(value: Any, *, hidden: bool) -> str:
    told = None if value is None or value == () else msgspec.to_builtins(value)
    return "nothing" if told is None else "***" if hidden else shown(told)
