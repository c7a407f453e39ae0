"""Code tables chosen by a value of the request: is it there to choose by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from cli.codegen.plan.code import Statement, texts_of
from cli.codegen.plan.frame import Refused
from gateway.model.reflect import NoSuchPath, describe, resolve

if TYPE_CHECKING:
    from cli.codegen.plan.expressions import Scope
    from gateway.catalogue.marks import Mark

_CHOSEN = re.compile(r"\bchoice_of\(req((?:, '[a-z0-9_]+')+)\)")


def chooses(body: list[Statement], scope: Scope, mark: Mark) -> bool:
    """Whether a body chooses a code table by its request. Raises Refused where there is no such value to choose by."""
    paths = {tuple(re.findall(r"'(\w+)'", found)) for text in texts_of(body) for found in _CHOSEN.findall(text)}
    for path in sorted(paths):
        if scope.request is None or scope.request.cls is None:
            said = f"a code table is chosen by req.{'.'.join(path)}, and no request of ours is known here"
            raise Refused("E213", mark, said, "choose by binding.name or config.name, or write enum() of one table")
        try:
            resolve(describe(cast(Any, scope.request.cls)), path)
        except NoSuchPath as missing:
            said = f"a code table is chosen by req.{'.'.join(path)}: {missing}"
            hint = f"did you mean '{missing.suggestion}'?" if missing.suggestion else None
            raise Refused("E203", mark, said, hint) from None
    return bool(paths)
