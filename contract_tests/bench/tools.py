"""Other tools on the same JSON message: glom, JSONata, a Jinja2 template. They give a part of it, and check nothing."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import msgspec

from contract_tests.bench.figures import Figure, microseconds
from contract_tests.bench.handwritten.common import GENDER, ID_TYPE, RELATION
from contract_tests.bench.messages import Message

_GENDER = {key.value: code for key, code in GENDER.items()}
_ID_TYPE = {key.value: code for key, code in ID_TYPE.items()}
_RELATION = {key.value: code for key, code in RELATION.items()}
_UNIT = {"day": "D", "year": "Y", "month": "M", "to_age": "A"}

Transform = Callable[[Any], Any]


def tool_figures(message: Message) -> list[Figure]:
    """How long each takes for the insured persons and covers of the message, as a multiple of the generated code."""
    source = msgspec.json.decode(msgspec.json.encode(message.asked))
    wanted = {key: message.module.message(message.asked, message.known)["body"][key] for key in ("insureds", "covers")}
    own = microseconds(lambda: message.module.message(message.asked, message.known))
    found = []
    for name, make in (("glom", _glom), ("jsonata", _jsonata), ("jinja2", _jinja2)):
        if find_spec(name) is None:
            continue
        transform = make()
        assert transform(source) == wanted, f"{name} gives another message"
        times = microseconds(lambda transform=transform: transform(source), rounds=3) / own  # type: ignore[misc]
        note = "a part of it, beside all of it generated"
        found.append(Figure(name=f"mapping.json.{name}", value=round(times, 1), unit="x generated", note=note))
    return found


def _yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02}"


def _glom() -> Transform:
    from glom import Coalesce, glom  # type: ignore[import-untyped]  # noqa: PLC0415 - only developers have it

    def one(path: str) -> Any:
        return Coalesce(path, default=None)

    person = {
        "name": "party.name",
        "sex": ("party.gender", _GENDER.__getitem__),
        "birthday": ("party.birth_date", lambda text: text.replace("-", "")),
        "idType": ("party.id_docs.0.type", _ID_TYPE.__getitem__),
        "idNo": ("party.id_docs.0.number", str.upper),
        "mobile": "party.phones.0.number",
        "email": one("party.email"),
        "country": one("party.address.country"),
        "city": one("party.address.city"),
        "address": one("party.address.line"),
    }
    insured = {"ref": "ref", **person, "relation": ("relationship_to_policyholder", _RELATION.__getitem__)}
    cover = {
        "code": "code",
        "name": "name",
        "main": ("is_main", lambda main: "Y" if main else "N"),
        "sum": ("sum_insured.amount", str),
        "premium": ("premium.gross.amount", _yuan),
        "unit": ("term.unit", _UNIT.__getitem__),
        "length": ("term.value", str),
    }
    spec = {"insureds": ("insureds", [insured]), "covers": ("coverages", [cover])}
    return lambda source: glom(source, spec)


_JSONATA = """{
  "insureds": [insureds.{
    "ref": ref, "name": party.name, "sex": $lookup(%(gender)s, party.gender),
    "birthday": $replace(party.birth_date, "-", ""), "idType": $lookup(%(id_type)s, party.id_docs[0].type),
    "idNo": $uppercase(party.id_docs[0].number), "mobile": party.phones[0].number, "email": party.email,
    "country": party.address.country, "city": party.address.city, "address": party.address.line,
    "relation": $lookup(%(relation)s, relationship_to_policyholder) }],
  "covers": [coverages.{
    "code": code, "name": name, "main": is_main ? "Y" : "N", "sum": $string(sum_insured.amount),
    "premium": $formatNumber(premium.gross.amount / 100, "0.00"), "unit": $lookup(%(unit)s, term.unit),
    "length": $string(term.value) }]
}"""


def _jsonata() -> Transform:
    import jsonata  # type: ignore[import-untyped]  # noqa: PLC0415 - only developers have it

    tables = {"gender": _GENDER, "id_type": _ID_TYPE, "relation": _RELATION, "unit": _UNIT}
    written = {name: msgspec.json.encode(table).decode() for name, table in tables.items()}
    expression = jsonata.Jsonata(_JSONATA % written)
    evaluate: Transform = expression.evaluate
    return evaluate


_JINJA2 = """{"insureds":[{% for i in insureds %}{% set p = i.party %}{"ref":{{ i.ref|tojson }},\
"name":{{ p.name|tojson }},\
"sex":"{{ gender[p.gender] }}","birthday":"{{ p.birth_date|replace('-', '') }}",\
"idType":"{{ id_type[p.id_docs[0].type] }}","idNo":{{ p.id_docs[0].number|upper|tojson }},\
"mobile":{{ p.phones[0].number|tojson }},"email":{{ p.email|tojson }},"country":{{ p.address.country|tojson }},\
"city":{{ p.address.city|tojson }},"address":{{ p.address.line|tojson }},\
"relation":"{{ relation[i.relationship_to_policyholder] }}"}{{ "," if not loop.last }}{% endfor %}],\
"covers":[{% for c in coverages %}{"code":{{ c.code|tojson }},"name":{{ c.name|tojson }},\
"main":"{{ 'Y' if c.is_main else 'N' }}","sum":"{{ c.sum_insured.amount }}",\
"premium":"{{ '%d.%02d' % (c.premium.gross.amount // 100, c.premium.gross.amount % 100) }}",\
"unit":"{{ unit[c.term.unit] }}","length":"{{ c.term.value }}"}{{ "," if not loop.last }}{% endfor %}]}"""


def _jinja2() -> Transform:
    import jinja2  # noqa: PLC0415 - beside the others

    tables = {"gender": _GENDER, "id_type": _ID_TYPE, "relation": _RELATION, "unit": _UNIT}
    # The output is JSON, not a page.
    template = jinja2.Environment(autoescape=False).from_string(_JINJA2, globals=tables)  # noqa: S701
    return lambda source: msgspec.json.decode(template.render(source))
