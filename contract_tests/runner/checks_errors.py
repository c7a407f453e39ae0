"""C05: every row of a carrier's error table, and a code that is in none, proven on a reply of the example.

The example's reply bears a code that the mapping looks up; the code is replaced in the decoded message and the
generated classification asked again. Signatures are not in the way: they are checked before a reply is decoded.
"""

from contract_tests.derive.codes import OTHER, code_like, looked_up, native_with_code, with_code
from contract_tests.examples.check import Run
from contract_tests.examples.flow import Played
from contract_tests.examples.proof import Proof
from gateway.model.outcome import Outcome, OutcomeKind


class ErrorRow:
    """The check of one row; `other` is a code that no row lists."""

    def __init__(self, code: str) -> None:
        """Take the row's code as the mapping writes it; one that ends in `*` stands for all that begin so."""
        self.code = code

    def __call__(self, run: Run, proof: Proof) -> None:
        played = looked_up(run)
        row = run.subject.error_rows[self.code]
        if played is None or played.reply is None or played.exchange.reply is None:
            proof.fails(
                at=f"error row {self.code}",
                mark=run.example.mark,
                expected="a reply whose code the mapping looks up",
                actual="the outcome table did not look a code up in this example",
            )
            return
        known = str(played.reply.outcome.carrier_code)
        code = code_like(self.code, known, run.subject.error_rows)
        found = self._classified(run, played, known, code)
        mark = played.exchange.reply.mark
        line = run.subject.lines.shown(row.mark)
        if found.carrier_code != code:
            decided = found.kind is not OutcomeKind.accepted
            proof.holds(decided, at=f"code {code}", mark=mark, expected="no yes", actual=found.kind.value)
            return
        proof.same(row.kind.value, found.kind.value, at=f"outcome of code {code}", mark=mark, mapping=line)
        wanted = None if row.code is None else row.code.value
        proof.same(wanted, found.code, at=f"canonical code of {code}", mark=mark, mapping=line)
        if self.code == OTHER:
            honest = found.kind is OutcomeKind.unknown and found.code == "carrier.unmapped"
            actual = f"{found.kind.value}, {found.code}"
            proof.holds(honest, at=f"code {code}", mark=mark, expected="unknown, carrier.unmapped", actual=actual)

    def _classified(self, run: Run, played: Played, known: str, code: str) -> Outcome:
        assert played.reply is not None
        assert played.exchange.reply is not None
        if run.subject.adapter.carrier.native:
            reply = native_with_code(played.exchange.reply.reply, known, code, run.example.secrets)
            parsed: Outcome = played.step.parse(reply, run.example.request, played.context).outcome
            return parsed
        classify = run.subject.classify(run.flow.operation, played.step.name)
        if classify is None:
            raise LookupError(f"the generated module of {run.flow.operation.name} does not classify by itself")
        wire = with_code(played.reply.wire, known, code)
        found: Outcome = classify(wire, played.exchange.reply.reply, run.example.request, played.context)
        return found
