"""E5xx: product files and channels. The lines are of the product a new workspace has."""

from cli.mapping.codes.entry import Code, table

_PRODUCT = "products/personal-accident.yaml"

PRODUCTS = table(
    Code(
        "E501",
        "a channel, carrier, plan or coverage that is not there",
        "A product is sold through channels of channels.yaml, and its terms name its own plans and coverages.",
        "  acme_mian:\n    mode: weighted",
        "  acme_main:\n    mode: weighted",
        _PRODUCT,
    ),
    Code(
        "E502",
        "a key nobody reads",
        "A mistyped key would otherwise change nothing, and nobody would see it.",
        "period: { rule: fixed_date, days_mx: 366, days_max: 366 }",
        "period: { rule: fixed_date, days_max: 366 }",
        _PRODUCT,
    ),
    Code(
        "E503",
        "a value that is missing or malformed",
        "Words, dates, amounts in minor units and their like are read strictly, whatever YAML would make of them.",
        "period: { rule: fixed, days_max: 366 }",
        "period: { rule: fixed_date, days_max: 366 }",
        _PRODUCT,
    ),
    Code(
        "E504",
        "two rates for one request",
        "On every day each request finds at most one row: end one with until, or tell them apart by plan, age or days.",
        "- { from: 2025-01-01, plan: standard, of: fixed, per: insured_day, amount: { amount: 120, currency: CNY } }\n"
        "      - { from: 2025-01-01, of: fixed, per: insured_day, amount: { amount: 90, currency: CNY } }",
        "- { from: 2025-01-01, plan: standard, of: fixed, per: insured_day, amount: { amount: 120, currency: CNY } }",
        _PRODUCT,
    ),
    Code(
        "E505",
        "weights that share nothing out",
        "A weight is a share against the other channels' weights; at least one of them is more than 0.",
        "mode: weighted\n    weight: 0",
        "mode: weighted\n    weight: 100",
        _PRODUCT,
    ),
    Code(
        "E506",
        "a form that is no form",
        "A form is a JSON Schema of an object, refers to nothing outside itself, and its patterns run in linear time.",
        "type: text\n  properties: {}",
        "type: object\n  properties: {}",
        _PRODUCT,
    ),
    Code(
        "E507",
        "a rule without one result",
        "Where something of the request is so, a rule pins a channel, excludes it with a reason, or prefers it by a "
        "factor above 0. A condition that asks nothing of the request is the same for every one: such a rule rules "
        "nothing, or rules out everything.",
        "limits: { age: { max: 70 }, insureds: { max: 50 }, currencies: [CNY] }\n"
        '    rules: [{ when: req.plan == "plus", pin: large sums, prefer: 2 }]',
        "limits: { age: { max: 70 }, insureds: { max: 50 }, currencies: [CNY] }",
        _PRODUCT,
    ),
    Code(
        "E508",
        "a routing by rate that compares what it may not",
        "Where a product's routing looks at rates, those that one request may find at its channels are in one "
        "currency, as are costs and the commissions they are taken from; it looks at commission (expected_value) "
        "only where the settings say routing_by_commission: allowed.",
        "routing: { preset: default, rate: expected_value, sticky: none, reroute_on_decline: false, attempts: 2 }",
        "routing: { preset: default, rate: off, sticky: none, reroute_on_decline: false, attempts: 2 }",
        _PRODUCT,
    ),
    Code(
        "W508",
        "a channel that a routing by rate knows nothing of",
        "A channel without a rate is compared with nobody where no quote in hand tells its premium, and keeps its "
        "whole weight as the best one does; without a commission it earns nothing under expected_value.",
        "routing: { preset: default, rate: expected_value, sticky: none, reroute_on_decline: false, attempts: 2 }",
        "routing: { preset: default, rate: off, sticky: none, reroute_on_decline: false, attempts: 2 }",
        _PRODUCT,
    ),
)
