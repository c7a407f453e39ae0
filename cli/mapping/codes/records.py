"""E47x: items of a reply, records of positions, statements, batches."""

from cli.mapping.codes.entry import Code, table

RECORDS = table(
    Code(
        "E470",
        "a word of the whole reply in the outcome of an item",
        "An item has an outcome, a code and a text; status, next step and another try are the reply's.",
        "    insureds: { list: Body.Men.Man, outcome: [{ http: 200, is: accepted }, { else: unknown }] }\n  read:",
        "  read:",
    ),
    Code(
        "E471",
        "an outcome of an item that has no place for it",
        "An item's outcome is kept in its result: insureds and items of a batch have one.",
        "    of: Coverage\n    outcome: [{ else: unknown }]\n    fields:",
        "    of: Coverage\n    fields:",
        "carrier.yaml",
    ),
)
