"""E243 to E250: rows against `wire.schema.yaml`, what the carrier's document says of its own fields."""

from cli.mapping.codes.entry import Code, table

_GET, _SCHEMA = "policy_get.yaml", "wire.schema.yaml"

WIRE = table(
    Code(
        "E243",
        "no such wire field",
        "The carrier's document has no field of that name there: it would be refused, or never found in a reply.",
        "numbers(kind=policy).no: { to: Body.ContNum, max_bytes: 40",
        "numbers(kind=policy).no: { to: Body.ContNo, max_bytes: 40",
        _GET,
    ),
    Code(
        "E244",
        "another kind of value than the wire field",
        "A number where the carrier takes a date, an object where it takes a text, digits behind a point in an int.",
        "premium.gross:           { to: Body.EndDate, as: money(yuan) }",
        "premium.gross:           { to: Body.Prem, as: money(yuan) }",
        _GET,
    ),
    Code(
        "E245",
        "a required wire field that nobody writes",
        "The carrier refuses a message without it. What has no value of ours is a constant under send, or blank.",
        "Head.BankCode: =config.channel_code",
        'Head.BankCode: =config.channel_code\n    Head.TranCode: "1004"',
        _GET,
    ),
    Code(
        "E246",
        "a required wire field that may be left out",
        "The canonical field may be absent, and then nothing is written: say what happens instead.",
        "{ to: Body.ContNo, max_bytes: 40 }",
        "{ to: Body.ContNo, max_bytes: 40, missing: error }",
        _GET,
    ),
    Code(
        "E247",
        "longer than the wire field takes",
        "A constant, a number of ours or the row's own bound is longer than the carrier's document allows.",
        "Head.TranNo: =request_no(32)",
        "Head.TranNo: =request_no(30)",
        _GET,
    ),
    Code(
        "W249",
        "a text without the carrier's bound",
        "A longer text would be refused by the carrier, or cut; with max_bytes it is refused before anything is sent.",
        "{ to: Body.ContNo, missing: error }",
        "{ to: Body.ContNo, max_bytes: 40, missing: error }",
        _GET,
    ),
    Code(
        "E250",
        "a message of the wire schema that nobody maps",
        "Messages stand under the operation they are of, those of a flow under its steps.",
        "  policy.gets:\n    request:",
        "  policy.get:\n    request:",
        _SCHEMA,
    ),
)
