"""E3xx: expressions, compiled in the scope they stand in."""

from cli.mapping.codes.entry import Code, table

EXPRESSIONS = table(
    Code(
        "E301",
        "not an expression",
        "Expressions are Python's own grammar, the part of it that needs no programmer.",
        "=count(req.insureds",
        "=count(req.insureds)",
    ),
    Code(
        "E302",
        "an expression too large to read",
        "What is longer than a line or two belongs into the hooks file, where it can be tested.",
        "=count(req.insureds)" + " + 1" * 210,
        "=count(req.insureds)",
    ),
    Code(
        "E303",
        "no such field",
        "A dot leads to a field of the canonical vocabulary.",
        "=count(req.insured)",
        "=count(req.insureds)",
    ),
    Code(
        "E304",
        "no such name here",
        "req, item, up, wire, http, header, config, binding, step, refs: each only where it means something.",
        "=count(request.insureds)",
        "=count(req.insureds)",
    ),
    Code(
        "E305",
        "a condition that can never be true",
        "The constant is no value of the field's enum.",
        'req.payment.frequency == "singel"',
        'req.payment.frequency == "single"',
    ),
    Code(
        "E306",
        "no such function",
        "Functions are a closed list; everything else is a hook.",
        "=coutn(req.insureds)",
        "=count(req.insureds)",
    ),
    Code(
        "E307",
        "a function called wrongly",
        "The arguments are not what the function takes.",
        "=count()",
        "=count(req.insureds)",
    ),
    Code(
        "E308",
        "not allowed in a mapping",
        "Constants, names, comparisons, and/or/not, a choice, + and -, calls; what is more is a hook.",
        "=count([item for item in req.insureds])",
        "=count(req.insureds)",
    ),
    Code(
        "E309",
        "values that do not go together",
        "A number has no order with a text, and a money is no date.",
        'issued_at: =count(wire("Body.Risks.Risk"))',
        'issued_at: =datetime(wire.Head.TranDate + wire.Head.TranTime, "yyyyMMddHHmmss")',
    ),
    Code(
        "W310",
        "a choice by what nobody may have said",
        "An optional flag has three states; the third one must not become a no by accident.",
        '="Y" if answer("health_issue") else "N"',
        '="Y" if answer("health_issue") is None or answer("health_issue") else "N"',
    ),
    Code(
        "W312",
        "an expression that is a text",
        "Behind the = stands a text in quotes, which is sent as it is. YAML's own quotes go around the whole value.",
        "Body.InsuredCount: ='count(req.insureds)'",
        "Body.InsuredCount: =count(req.insureds)",
    ),
    Code(
        "W314",
        "a constant that looks like an expression",
        "A value without = is sent as it stands, letter for letter.",
        "Body.InsuredCount: count(req.insureds)",
        "Body.InsuredCount: =count(req.insureds)",
    ),
    Code(
        "W311",
        "a test that says nothing",
        "The field is always there.",
        '=config.branch_code if req.product is not None else "HTWEB"',
        '=config.branch_code if req.payment.frequency == "single" else "HTWEB"',
    ),
    Code(
        "E313",
        "a secret inside an expression",
        "A secret is a whole value or a part of what is signed; mixed into a text it could not be masked.",
        "Head.BankCode: =config.channel_code + secret.key",
        "Head.BankCode: =config.channel_code",
    ),
)
