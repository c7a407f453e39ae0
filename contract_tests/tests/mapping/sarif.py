"""What the SARIF 2.1.0 standard (OASIS) asks of the objects a check writes: names, kinds and limits, nothing else allowed.

Only objects the command writes are here; a property the standard has and this list has not would be refused too.
"""

_TEXT = {"type": "string"}
_MESSAGE = {"type": "object", "additionalProperties": False, "required": ["text"], "properties": {"text": _TEXT}}


def _object(required, **properties):
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _list(items):
    return {"type": "array", "items": items}


_FROM_1 = {"type": "integer", "minimum": 1}
_REGION = _object([], startLine=_FROM_1, startColumn=_FROM_1, endLine=_FROM_1, endColumn=_FROM_1)
_FILE = _object([], uri={"type": "string", "format": "uri-reference", "pattern": r"^[^\s\\]*$"}, uriBaseId=_TEXT)
_LOCATION = _object([], physicalLocation=_object(["artifactLocation"], artifactLocation=_FILE, region=_REGION))
_RESULT = _object(
    ["message"],
    ruleId=_TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level={"enum": ["none", "note", "warning", "error"]},
    message=_MESSAGE,
    locations=_list(_LOCATION),
)
_RULE = _object(
    ["id"], id=_TEXT, shortDescription=_MESSAGE, fullDescription=_MESSAGE, help=_MESSAGE, helpUri=_TEXT
)  # fmt: skip
_DRIVER = _object(
    ["name"], name=_TEXT, version=_TEXT, informationUri=_TEXT, rules={**_list(_RULE), "uniqueItems": True}
)
_RUN = _object(
    ["tool"],
    tool=_object(["driver"], driver=_DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=_list(_RESULT),
)
SARIF = _object(
    ["version", "runs"],
    version={"const": "2.1.0"},
    runs=_list(_RUN),
    **{"$schema": {"type": "string", "format": "uri"}},
)
