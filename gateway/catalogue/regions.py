"""Reading `regions:`: where a channel may sell, as `measures.lies_in` compares them with an address."""

import re

from gateway.catalogue.fields import Fields
from gateway.catalogue.nodes import Node
from gateway.catalogue.values import Faults, as_text, did_you_mean
from gateway.wire.countries import ALPHA_2, alpha_2_of

_SUBDIVISION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_GB_T_2260 = re.compile(r"[1-9][0-9](?:[0-9]{2}){0,2}")
FORMS = "write a country (CN), a part of it (CN-SH) or the beginning of a GB/T 2260 code (31)"


def read_regions(fields: Fields) -> tuple[str, ...]:
    """The regions of a channel or of its limits; what no address could ever lie in is a fault."""
    found = (_region(node, fields.faults) for node in fields.items("regions"))
    return tuple(each for each in found if each)


def _region(node: Node, faults: Faults) -> str | None:
    text = as_text(node, faults, "region")
    if text is None or _GB_T_2260.fullmatch(text) or text in ALPHA_2:
        return text
    if _SUBDIVISION.fullmatch(text) and text[:2] in ALPHA_2:
        return text
    known = alpha_2_of(text.upper())
    hint = f"did you mean '{known}'?" if known else did_you_mean(text.upper(), ALPHA_2) if len(text) == 2 else FORMS
    faults.add(node.mark, f"'{text}' is no region", hint or FORMS)
    return None
