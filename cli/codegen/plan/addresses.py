"""URLs of a mapping as source: constants, and what stands in braces, percent-encoded where it is an operation's own."""

from __future__ import annotations

from cli.codegen.plan.environment import CHARSET_DEFAULT, Environment
from cli.codegen.plan.expressions import Scope, compiled
from cli.codegen.plan.frame import Frame, Refused
from cli.mapping.braces import pieces_of
from cli.mapping.tree import Expression, Text


def template_parts(env: Environment, frame: Frame, text: Text, scope: Scope) -> list[str]:
    """A URL of the mapping as the pieces of a sum: constants, and settings in braces as they are."""
    return url_parts(env, frame, text, text.value, scope)


def url_parts(env: Environment, frame: Frame, text: Text, source: str, scope: Scope, query: str = "") -> list[str]:
    """A URL with `{expression}` parts; what an operation puts into it is percent-encoded.

    As browsers do: the path in UTF-8, the `query` in the charset of what is sent.
    """
    pieces: list[str] = []
    charset = CHARSET_DEFAULT if query else ""
    for index, inside in enumerate(pieces_of(source)):
        if index % 2 == 0:
            if "{" in inside:
                raise Refused("E267", text.mark, f"'{{' without '}}' in '{text.value}'")
            pieces += [repr(inside)] if inside else []
            charset = query if "?" in inside else charset
            continue
        found = compiled(env, frame, Expression(inside, text.mark), scope)
        needed = f"{env.use('need')}({found.text}, {inside!r})" if found.nullable else found.text
        pieces.append(_in_url(env, f"str({needed})", charset or (CHARSET_DEFAULT if inside.strip() == "token" else "")))
    return pieces


def _in_url(env: Environment, text: str, charset: str) -> str:
    if not charset:
        return text
    named = "" if charset.lower() == CHARSET_DEFAULT else f", {charset!r}"
    return f"{env.use('percent_out')}({text}{named})"
