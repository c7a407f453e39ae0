"""W314: a constant that reads like an expression, because its `=` was forgotten: it would be sent as it stands."""

import re

from cli.mapping.checks.surroundings import Checking
from cli.mapping.tree import Text

_LIKE = re.compile(
    r"(?:config|secret|binding|constant|refs|req|step)\.[a-z][a-z0-9_.]*"
    r"|(?:now|nonce|request_no|attempt_no|encode|uuid|lookup|count|text|today)\(.*\)"
)


def check_constant(checking: Checking, text: object) -> None:
    """A text that stands on the wire as it is."""
    if isinstance(text, Text) and _LIKE.fullmatch(text.value.strip()):
        hint = f"={text.value.strip()}; for just this text: ='\"{text.value.strip()}\"'"
        checking.say("W314", text.mark, "this is sent as it stands: an expression begins with =", hint)
