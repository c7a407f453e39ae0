"""An author's YAML rewritten with its comments kept: every scalar stays the text typed, nothing is wrapped.

ruamel.yaml reads and writes; what it would make of a scalar (a number, a date, null) is never asked: in a mapping all
are texts. Only the blanks that align values in columns are lost.
"""

from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.emitter import RoundTripEmitter
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

WIDTH = 100_000

_TEXT, _NULL = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"


class _Resolver(VersionedResolver):
    """Every scalar is a text; nothing, and only that, is null."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is ScalarNode:
            return Tag(suffix=_NULL if implicit[0] and value in ("", "~") else _TEXT)
        return super().resolve(kind, value, implicit)


class _Emitter(RoundTripEmitter):
    """`{ to: Name }` as people write it, and nothing inside { } as ~."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As the base, but for how nothing is written inside { }: `null` would be a text to our reader."""
        super().__init__(*arguments, **options)
        self.alt_null = "~"

    def write_indicator(
        self, indicator: Any, need_whitespace: Any, whitespace: bool = False, indention: bool = False
    ) -> None:
        padded = {"{": "{ ", "}": " }"}.get(indicator.strip(), indicator)
        super().write_indicator(padded, need_whitespace, whitespace, indention)


def load(text: str) -> Any:
    """The document with its comments; for text the strict reader has taken."""
    return _yaml().load(text)


def dump(document: Any) -> str:
    """The document as text."""
    stream = StringIO()
    _yaml().dump(document, stream)
    return stream.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.Resolver = _Resolver
    yaml.Emitter = _Emitter
    yaml.width = WIDTH
    yaml.preserve_quotes = True
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), lambda dumper, _: dumper.represent_scalar(_NULL, ""))
    return yaml
