"""E47x: items of a reply, records of positions, statements, batches."""

from cli.mapping.codes.entry import Code, table

BATCH = """\
format: mapping/1
idempotency: { kind: none }
request:
  of: PolicyIssueBatchRequest
  fields: { items: { list: Items.Item, fields: { ref: { to: No } } } }
  ignore: { client_ref: ours, product: one only }
response:
  of: PolicyIssueBatchResult
  echo: none
  outcome: [{ else: unknown }]
  ignore: { numbers: none, items: told by callback }
"""

REFERENCES = """\
format: mapping/1
idempotency: { kind: query_only }
inquiry: { operation: policy.get, by: our_reference, not_found_is_final_after: 60s }
request:
  of: PolicyIssueBatchRequest
  fields: { items: { list: Items.Item, fields: { ref: { to: No, as: cut(8), lossy: the field holds no more } } } }
  ignore: { client_ref: ours, product: one only }
response:
  of: PolicyIssueBatchResult
  echo: none
  outcome: [{ else: unknown }]
  ignore: { numbers: none, items: told by callback }
"""

STATEMENT = """\
format: mapping/1
wire: [charset: GBK, json: {}]
records:
  - { list: lines, kind: issue, fields: { request_no: { to: no } } }
"""

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
    Code(
        "E472",
        "a record whose fields cannot be told apart",
        "Every field of a record has a name, a place, and where widths count a width.",
        "reply: [charset: GBK, fixed: { fields: { No: wide } }]\nrequest:\n  of: PolicyGetRequest",
        "request:\n  of: PolicyGetRequest",
        "policy_get.yaml",
    ),
    Code(
        "E473",
        "a row whose field the record does not have",
        "A record of positions has the fields it lists and no others.",
        "reply: [charset: GBK, pipe: { fields: [No, Name] }]\nrequest:\n  of: PolicyGetRequest",
        "request:\n  of: PolicyGetRequest",
        "policy_get.yaml",
    ),
    Code(
        "E474",
        "a batch without a size",
        "More items than a carrier takes are refused before anything is sent: its document says how many.",
        BATCH,
        "",
        "policy_issue_batch.yaml",
    ),
    Code(
        "E475",
        "a statement that cannot be read line by line",
        "A statement is records: gzip where it is packed, its charset, then pipe or fixed.",
        STATEMENT,
        "",
        "statement.yaml",
    ),
    Code(
        "E476",
        "an item of a batch that is not asked after by what it was sent under",
        "An item is found by its own number: sent under more or less of it than the inquiry names, it would count as"
        " never issued.",
        REFERENCES,
        "",
        "policy_issue_batch.yaml",
    ),
)
