"""The 23 things carriers do on the wire that a mapping language must be able to say; examples name them by number."""

import re

from msgspec import Struct


class Item(Struct, frozen=True):
    """One of them, and what a mapping line that does it usually holds: the likeliest first, for showing one of many."""

    title: str
    holds: tuple[str, ...]

    def likeness(self, text: str) -> int:
        """How little a line of a mapping looks like it: 0 is most."""
        return next((at for at, each in enumerate(self.holds) if re.search(each, text)), len(self.holds))


VARIETY = {
    1: Item(
        "renamed, nested and constant fields, empty placeholders", (r"blank", r"send:", r"to: \w+\.\w+", r"shape:")
    ),
    2: Item("code tables by carrier, product and direction", (r"enum\(", r"lookup\(")),
    3: Item("dates and times in every form, several in one message", (r"until\(", r"(date|time|now)\(")),
    4: Item("fields that are there under a condition; null, absent and empty", (r"\bwhen:", r"missing:", r" if |is:")),
    5: Item(
        "serial numbers and nonces of limited length, new or kept on a resend", (r"nonce\(", r"(request|attempt)_no\(")
    ),
    6: Item("a success test of the carrier's own, on two levels", (r"is: accepted", r"else:")),
    7: Item("lists: repeated, collapsed, keyed by index, a result for each item", (r"as: by_index", r"list:")),
    8: Item("signatures and ciphers over the encoded bytes", (r"encrypt", r"\bsign", r"verify")),
    9: Item("sums of money in every unit and form", (r"money\(",)),
    10: Item("envelopes: text inside text, records, frames", (r"put:", r"soap|pipe|fixed|frame", r"form|with:")),
    11: Item("charsets: declared, real, inner and outer; limits in bytes", (r"max_bytes.*40", r"charset")),
    12: Item(
        "values derived from others: age, days, shares, padding",
        (r"(age|days|months|split|pad|cut)\w*\(", r"(sum|count)\("),
    ),
    13: Item("codes that depend on several inputs at once", (r"\bis:.*when:.*wire:", r"when:")),
    14: Item("flows of several calls that carry ids on", (r"step\.", r"refs\.", r"call:")),
    15: Item("callbacks verified and answered in the carrier's form", (r"event", r"verify", r"reply:")),
    16: Item("duplicates, however the carrier tells them", (r"duplicate|in_progress", r"verify")),
    17: Item("extension slots: keys with values, factors, numbered fields", (r"pairs", r"\{n|\(\w+=", r"ext")),
    18: Item(
        "text taken out of messages; pages where a message belongs",
        (r"match\(|between\(|text:", r"verify", r"json|xml"),
    ),
    19: Item("documents as link, as text and as bytes", (r"binary|base64|[uU]rl|content|file", r"document")),
    20: Item("reconciliation files", (r"statement", r"fixed|pipe")),
    21: Item("code tables of thousands of rows, as data", (r"table:|\.csv", r"enum\(")),
    22: Item("operations a carrier does not have, declared", ()),
    23: Item(
        "practice abroad: nested values, indications, signed headers, salutations",
        (r"INDICATION", r"latin|value", r"headers"),
    ),
}
