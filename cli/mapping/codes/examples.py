"""E7xx: what must not stand in examples; what else can be wrong with them, `insurehub test` says."""

from cli.mapping.codes.entry import Code, table

_EXAMPLES = "examples/policy_issue.yaml"

EXAMPLES = table(
    Code(
        "E463",
        "an example that is still a draft",
        "A recorded or imported exchange is run once somebody has written what goes in and what must come of it.",
        "contract: 1\nexamples:\n  - { id: recorded-1, draft: true }",
        "",
        _EXAMPLES,
        release=True,
    ),
    Code(
        "E705",
        "somebody real, or a secret, in an example",
        "Examples are kept and shown: an identity number, telephone, bank card, key or token in one must be made up.",
        "contract: 1\nexamples:\n  - { id: issued, canonical: { policyholder: { name: '13912345678' } } }",
        "",
        _EXAMPLES,
    ),
)
