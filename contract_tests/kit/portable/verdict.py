"""The verdict file: what was run, against what, with what result; signed when the runner has a key."""

import base64
import hashlib
import json
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contract_tests.kit.portable.coverage import coverage
from contract_tests.kit.portable.crypto import NeedsPackage
from contract_tests.kit.portable.definition import Kit
from contract_tests.kit.portable.results import Result, Tested, judged
from contract_tests.kit.portable.run import Done, Plan

FORMAT = 1


def document(kit: Kit, plan: Plan, done: Done, deviations: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Everything a verdict says, as one JSON object."""
    verdict = judged(done.tests, done.ended_at[:10], deviations)
    counts = {result.value: sum(each.result is result for each in done.tests) for result in Result}
    return {
        "format": FORMAT,
        "verdict": verdict.value,
        "carrier": kit.carrier,
        "kit": {"sha256": kit.sha256, **kit.made_of},
        "target": {"host": urlsplit(plan.target).netloc, "certificate_sha256": done.certificate_sha256 or None},
        "environment": plan.settings.get("environment"),
        "only": list(plan.only),
        "started_at": done.started_at,
        "ended_at": done.ended_at,
        "exchanges": done.exchanges,
        "counts": {name: count for name, count in counts.items() if count},
        "deviations": [{"test": name, **told} for name, told in sorted(deviations.items())],
        "tests": [_told(each) for each in done.tests],
        "coverage": coverage(kit, done.tests),
    }


def _told(tested: Tested) -> dict[str, Any]:
    return {
        "name": tested.name,
        "result": tested.result.value,
        "says": {"en": tested.says.en, "zh": tested.says.zh},
        "clauses": list(tested.clauses),
        "checks": tested.checks,
        "exchanges": tested.exchanges,
        **({"optional": True} if tested.optional else {}),
        "wait_s": tested.wait_s,
        **({"reason": tested.reason} if tested.reason else {}),
        **({"deviation": tested.deviation} if tested.deviation else {}),
        **({"evidence": tested.evidence} if tested.evidence else {}),
    }


def canonical(told: dict[str, Any]) -> bytes:
    """The bytes that are signed: the document without its signature, keys in order, no white space."""
    unsigned = {name: value for name, value in told.items() if name != "signature"}
    return json.dumps(unsigned, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sign(told: dict[str, Any], key_file: Path) -> dict[str, Any]:
    """The document with an Ed25519 signature. Raises NeedsPackage, OSError, ValueError for another key."""
    key = _loaded("load_pem_private_key", key_file.read_bytes(), None)
    public = key.public_key().public_bytes_raw()
    value = base64.b64encode(key.sign(canonical(told))).decode()
    known = {"algorithm": "ed25519", "public_key_sha256": hashlib.sha256(public).hexdigest(), "value": value}
    return {**told, "signature": known}


def is_genuine(told: dict[str, Any], key_file: Path) -> bool:
    """Whether the holder of a public key signed exactly this document. Raises NeedsPackage, OSError, ValueError."""
    key = _loaded("load_pem_public_key", key_file.read_bytes())
    wrong = import_module("cryptography.exceptions").InvalidSignature
    try:
        key.verify(base64.b64decode(told["signature"]["value"]), canonical(told))
    except (wrong, KeyError, TypeError, ValueError):
        return False
    return True


def _loaded(loader: str, *given: Any) -> Any:
    try:
        serialization = import_module("cryptography.hazmat.primitives.serialization")
    except ImportError as error:
        raise NeedsPackage("signing needs the package cryptography: pip install cryptography") from error
    key = getattr(serialization, loader)(*given)
    if not hasattr(key, "public_bytes_raw") and not hasattr(key, "private_bytes_raw"):
        raise ValueError("not an Ed25519 key")
    return key
