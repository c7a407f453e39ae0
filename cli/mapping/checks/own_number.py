"""The number a carrier knows a duplicate by: it is sent, and the same on every resend."""

import re

from cli.mapping.checks.surroundings import Checking
from cli.mapping.flat import Leaf, flatten
from cli.mapping.tree import Expression, OperationFile, Text
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import did_you_mean

_NUMBER = re.compile(r"\brequest_no\(\s*(\d*)\s*\)")
_OF_ONE_ATTEMPT = re.compile(r"\b(attempt_no|nonce|now|today)\(")


def check_own_number(checking: Checking, operation: OperationFile) -> None:
    """W418 for a key that no row writes, E419 for one that is new for every attempt."""
    key = operation.idempotency.key if operation.idempotency is not None else None
    if key is not None and not checking.is_broken(operation.file):
        _check_value(checking, operation, key)


def _check_value(checking: Checking, operation: OperationFile, key: Text) -> None:
    leaves = [leaf for step in operation.steps for leaf in flatten(step.request, checking.shapes)]
    named = [leaf for leaf in leaves if leaf.wire == key.value]
    values = [*_said(named), *_headers(operation, key.value)]
    if all(_changing(source) for _, source in values):
        # A flow may ask for a price under a number of the moment: one of its calls bears the one that stays.
        for mark, source in values:
            message = f"{_changing(source)}() is new for every attempt: no duplicate is known by '{key.value}'"
            checking.say("E419", mark, message, "=request_no(n) is the same on every resend")
    sent = {leaf.wire for leaf in leaves}
    if not named and "." in key.value and key.value.partition(".")[0] in {each.partition(".")[0] for each in sent}:
        hint = did_you_mean(key.value, sorted(sent))
        checking.say("W418", key.mark, f"no row writes '{key.value}', which a duplicate is known by", hint)


def _changing(source: str) -> str:
    """What makes a value another one for every attempt; nothing where something of it stays."""
    found = _OF_ONE_ATTEMPT.search(source)
    return found[1] if found is not None and _NUMBER.search(source) is None and "req." not in source else ""


def _said(leaves: list[Leaf]) -> list[tuple[Mark, str]]:
    return [(leaf.mark, leaf.value) for leaf in leaves if leaf.kind == "expression"]


def _headers(operation: OperationFile, key: str) -> list[tuple[Mark, str]]:
    wanted = key.removeprefix("header.").lower() if key.startswith("header.") else None
    headers = [header for step in operation.steps for header in step.headers if header.name.value.lower() == wanted]
    values = [header.value for header in headers]
    return [(value.mark, value.source) for value in values if isinstance(value, Expression)]
