"""What a person completes to kill a survivor that no example was found for: one that comes near, the gap named."""

from contract_tests.examples.example import ExampleFile
from contract_tests.mutate.mutant import Mutant
from contract_tests.mutate.trial import Trial


def skeleton(trial: Trial, mutant: Mutant) -> str:
    """An example to be completed, for the file of the operation that comes nearest the mutant's line."""
    file = _file(trial, mutant)
    if file is None or not file.examples:
        return _of_statement(mutant)
    carrying = set(trial.carrying(mutant))
    base = next((each for each in file.examples if each.id in carrying), file.examples[0])
    seen = f"{base.id} carries the line out and is the same either way" if carrying else "no example carries it out"
    shown = mutant.mark.file.rpartition("/")[2]
    return "\n".join(
        [
            f"# {file.shown}: {mutant.words}; {seen}",
            f"  - id: {mutant.operator}-{shown.partition('.')[0].replace('_', '-')}-{mutant.mark.line}",
            f"    from: {base.id}",
            f'    provenance: {{ kind: hand, source: "the clause that {shown}:{mutant.mark.line} carries out" }}',
            *_parts(mutant, is_answered=base.is_answered),
        ]
    )


def _of_statement(mutant: Mutant) -> str:
    """The same for a daily file, whose examples stand alone."""
    return "\n".join(
        [
            f"# examples/statement.yaml: {mutant.words}",
            f"  - id: {mutant.operator}-{mutant.mark.line}",
            f'    provenance: {{ kind: hand, source: "the clause that line {mutant.mark.line} carries out" }}',
            '    file: { text: "" }              # a file that would show it',
            "    expect: { canonical: { } }      # or faults: what the document says of it",
        ]
    )


def _file(trial: Trial, mutant: Mutant) -> ExampleFile | None:
    """The file of examples about the mutant: of its operation, else the first with an example of its line."""
    line = (mutant.mark.file, mutant.mark.line)
    near = {shown for (shown, _), lines in trial.carried.items() if line in lines}
    stem = mutant.mark.file.rpartition("/")[2]
    files = [file for file in trial.subject.files if file.operation]
    own = [file for file in files if file.path.name == stem]
    carrying = [file for file in files if file.shown in near]
    touched = [file for file in files if file.operation in trial.reach.units(mutant)]
    return next(iter((*own, *carrying, *touched)), None)


_ASKING = ("swap-order", "drop-send", "send-bogus", "drop-blank", "const-change", "max-bytes", "header-", "call")
_TELLING = ("outcome-", "error-", "result-", "correlate", "drop-read")


def _parts(mutant: Mutant, *, is_answered: bool) -> list[str]:
    """The parts of the example in which the mutant would show."""
    asks = [
        "    canonical: { }                  # the field that would show it",
        '    request: { body: { text: "" } } # the bytes that the document wants then',
    ]
    tells = [
        '    response: { body: { text: "" } } # the reply that would show it',
        "    expect: { outcome: accepted, canonical: { } } # what the document says it means",
    ]
    if mutant.operator.startswith(_ASKING) or not is_answered:
        return asks
    return tells if mutant.operator.startswith(_TELLING) else [*asks, *tells]
