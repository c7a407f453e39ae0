"""The ways to make a mapping wrong, by what they are about; importing this registers them all."""

from contract_tests.mutate.operators import codecs, conditions, declarations, layers, outcomes, rows, tables

__all__ = ["codecs", "conditions", "declarations", "layers", "outcomes", "rows", "tables"]
