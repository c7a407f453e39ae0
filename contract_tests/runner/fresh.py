"""Whether an adapter is the one its mapping generates now: tests of an older one would prove nothing."""

from pathlib import Path

from contract_tests.examples.subject import Subject

HEADER = "# mapping-sha256: "


def stale_modules(subject: Subject) -> tuple[str, ...]:
    """The modules that are not there, or were generated from an earlier state of the mapping; relative to the root."""
    tree = subject.tree
    if tree is None or not subject.is_generated:
        return ()
    from cli.codegen.plan.environment import module_digest  # noqa: PLC0415 - as heavy as the generator

    files = (tree.carrier.file, *(operation.file for operation in tree.operations))
    wanted = {_module(subject.carrier, file): module_digest(tree, file) for file in files}
    return tuple(path for path, digest in wanted.items() if _digest(subject.root / path) != digest)


def _module(carrier: str, file: str) -> str:
    stem = Path(file).name.removesuffix(".yaml").replace(".", "__")
    return f"adapters/{carrier}/{stem}.py"


def _digest(file: Path) -> str | None:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((line.removeprefix(HEADER) for line in lines if line.startswith(HEADER)), None)
