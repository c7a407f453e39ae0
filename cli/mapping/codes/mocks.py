"""E65x: mock.yaml. The lines are of the mock a new carrier has."""

from cli.mapping.codes.entry import Code, table

_MOCK = "carriers/acme/mock.yaml"

MOCKS = table(
    Code(
        "E650",
        "a mock that is no YAML of the plain kind",
        "UTF-8, one document, no key twice, no anchors; what several places share is a shape, a form or a constant.",
        "lag: 1s\nlag: 2s",
        "lag: 1s",
        _MOCK,
    ),
    Code(
        "E651",
        "a key the mock does not know",
        "A mistyped key would otherwise leave the mock kinder than the carrier, and nobody would see it.",
        "horizn: 60s",
        "horizon: 60s",
        _MOCK,
    ),
    Code(
        "E652",
        "something a mock cannot do without",
        "An answer needs its bytes, a record its states, a step its verb, a refused duplicate its code.",
        "    once: { key: =message.requestNo, on_duplicate: reject }",
        '    once: { key: =message.requestNo, on_duplicate: reject, fail: "1009" }',
        _MOCK,
    ),
    Code(
        "E653",
        "an expression that cannot be worked out",
        "The grammar is Python's without statements, and a function takes what its line in the README of mocks says.",
        "premium: =premium, validUntil: \"=show(quote.validUntil, clock, 'Z')\"",
        'premium: =premium, validUntil: "=show(quote.validUntil, clock)"',
        _MOCK,
    ),
    Code(
        "E654",
        "a name nobody gave a value",
        "Read at run time it would be an absent field: codes, states, procedures, effects and names are checked here.",
        "premium: =premum, validUntil:",
        "premium: =premium, validUntil:",
        _MOCK,
    ),
    Code(
        "E655",
        "a value of the wrong form",
        "Durations, lengths, statuses, lists of steps and maps of fields are read strictly.",
        "lag: shortly",
        "lag: 1s",
        _MOCK,
    ),
)
