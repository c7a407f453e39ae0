"""What a mutant can touch: the operations, callbacks and files whose examples may notice it, and a tree of no more."""

from dataclasses import replace
from functools import cached_property

from cli.mapping.tree import CarrierFile, CarrierTree, OperationFile
from contract_tests.derive.nodes import names_in, with_shapes
from contract_tests.mutate.mutant import Mutant

CALLBACKS, SIGNATURES, STATEMENT = "callbacks", "signatures", "statement"


class Reach:
    """Of one mapping: which of its parts name which."""

    def __init__(self, tree: CarrierTree) -> None:
        """Look at nothing yet."""
        self.tree = tree

    @cached_property
    def _texts(self) -> dict[str, str]:
        """All names and expressions that count for each unit, in one text."""
        texts: dict[str, str] = {}
        for file in self.tree.operations:
            more = self._text(file)
            texts[file.name] = f"{texts.get(file.name, '')} {more}"
        texts[CALLBACKS] = self._text(self.tree.carrier.callbacks)
        texts[STATEMENT] = self._text(self.tree.statement)
        return {name: self._inherited(name, texts) for name in texts}

    def _text(self, node: object) -> str:
        return " ".join(sorted(with_shapes(names_in(node), self.tree)))

    def _inherited(self, name: str, texts: dict[str, str]) -> str:
        own = texts[name]
        bases = [base for base in texts if base != name and self._extends(name, base)]
        return " ".join([own, *(texts[base] for base in bases)])

    def _files(self, name: str) -> tuple[OperationFile, ...]:
        return tuple(file for file in self.tree.operations if file.name == name)

    def _extends(self, name: str, base: str) -> bool:
        """Whether an operation takes rows over from another, or from one that does."""
        return base in self.needed(name) and base != name

    def needed(self, name: str) -> frozenset[str]:
        """The operations that must be there to plan a unit: itself, and what it extends."""
        found, left = {name}, [name]
        while left:
            for file in self._files(left.pop()):
                for step in file.steps:
                    for message in (step.request, step.response.message):
                        base = message.extends.value.partition("/")[0] if message.extends is not None else ""
                        if base and base not in found and self._files(base):
                            found.add(base)
                            left.append(base)
        return frozenset(found)

    def units(self, mutant: Mutant) -> tuple[str, ...]:
        """The units whose examples may notice a mutant."""
        tree, base = mutant.tree, self.tree
        if tree.statement is not base.statement:
            return (STATEMENT,)
        if tree.carrier is base.carrier:
            pairs = zip(tree.operations, base.operations, strict=True)
            changed = {was.name for now, was in pairs if now is not was}
            return tuple(name for name in self._texts if changed & self._needed_of(name))
        return self._of_carrier(tree.carrier, base.carrier)

    def _needed_of(self, name: str) -> frozenset[str]:
        return self.needed(name) if name not in (CALLBACKS, STATEMENT) else frozenset()

    def _of_carrier(self, now: CarrierFile, was: CarrierFile) -> tuple[str, ...]:
        if now.callbacks is not was.callbacks:
            return (CALLBACKS,)
        for kind in ("shapes", "tables"):
            mine, theirs = getattr(now, kind), getattr(was, kind)
            if mine is not theirs:
                named = [name for name in theirs if mine.get(name) is not theirs[name]]
                return tuple(unit for unit, text in self._texts.items() if any(name in text for name in named))
        return (*self._texts, SIGNATURES)

    def part(self, tree: CarrierTree, unit: str) -> CarrierTree:
        """The tree with no more than a unit needs: planning the rest would cost time and show nothing."""
        names = self.needed(unit)
        operations = tuple(file for file in tree.operations if file.name in names)
        callbacks = tree.carrier.callbacks if unit == CALLBACKS else ()
        statement = tree.statement if unit == STATEMENT else None
        carrier = replace(tree.carrier, callbacks=callbacks)
        return replace(tree, carrier=carrier, operations=operations, statement=statement)
