"""An example as the text that is pasted: YAML as the reader of examples takes it."""

import re
from typing import Any

import yaml

NEVER_FOLDED = 1_000_000
_NOT_A_TEXT = re.compile(r"-?\d[\d.]*([eE][-+]?\d+)?|true|false|null|~|")


class _Dumper(yaml.CSafeDumper):
    """Nothing is `~`, as for the reader `null` is a text; what would be read as a number stands in quotes."""


def _nothing(dumper: yaml.CSafeDumper, _: None) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:null", "~")


def _text(dumper: yaml.CSafeDumper, text: str) -> yaml.Node:
    style = '"' if _NOT_A_TEXT.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(type(None), _nothing)
_Dumper.add_representer(str, _text)


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The words of both, those of the second where both say something."""
    found = dict(one)
    for name, value in other.items():
        before = found.get(name)
        found[name] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return found


def listed(words: dict[str, Any]) -> str:
    """An example as an item below `examples:`."""
    text = yaml.dump([words], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=NEVER_FOLDED)
    return "".join(f"  {line}\n" for line in text.splitlines())
