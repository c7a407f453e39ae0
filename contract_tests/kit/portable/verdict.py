"""The verdict file: what was run, against what, with what result; signed when the runner has a key."""

import base64
import hashlib
import json
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contract_tests.kit.portable.config import BadConfig
from contract_tests.kit.portable.coverage import coverage
from contract_tests.kit.portable.crypto import NeedsPackage
from contract_tests.kit.portable.definition import Kit
from contract_tests.kit.portable.limits import VERDICT_BYTES_MAX
from contract_tests.kit.portable.results import Result, Tested, judged
from contract_tests.kit.portable.run import Done, Plan

FORMAT = 1


def document(kit: Kit, plan: Plan, done: Done, deviations: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Everything a verdict says, as one JSON object."""
    verdict = judged(done.tests, done.ended_at[:10], deviations, is_whole=not done.left_out)
    counts = {result.value: sum(each.result is result for each in done.tests) for result in Result}
    return {
        "format": FORMAT,
        "verdict": verdict.value,
        "carrier": kit.carrier,
        "kit": {"sha256": kit.sha256, **kit.made_of},
        "target": {"host": urlsplit(plan.target).netloc, "certificate_sha256": done.certificate_sha256 or None},
        "environment": plan.settings.get("environment"),
        "only": list(plan.only),
        "left_out": done.left_out,
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


def signing_key(key_file: Path) -> Any:
    """The runner's key. Raises NeedsPackage, OSError, BadConfig for another key."""
    return _loaded("load_pem_private_key", key_file, None)


def sign(told: dict[str, Any], key: Any) -> dict[str, Any]:
    """The document with an Ed25519 signature."""
    public = key.public_key().public_bytes_raw()
    value = base64.b64encode(key.sign(canonical(told))).decode()
    known = {"algorithm": "ed25519", "public_key_sha256": hashlib.sha256(public).hexdigest(), "value": value}
    return {**told, "signature": known}


def is_genuine(told: dict[str, Any], key_file: Path) -> bool:
    """Whether the holder of a public key signed exactly this document. Raises NeedsPackage, OSError, BadConfig."""
    key = _loaded("load_pem_public_key", key_file)
    wrong = import_module("cryptography.exceptions").InvalidSignature
    try:
        key.verify(base64.b64decode(told["signature"]["value"]), canonical(told))
    except (wrong, KeyError, TypeError, ValueError):
        return False
    return True


def read_verdict(path: Path) -> dict[str, Any]:
    """A verdict file. Raises OSError, BadConfig for what is none: readers would not agree on what it says."""
    with path.open("rb") as file:
        data = file.read(VERDICT_BYTES_MAX + 1)
    if len(data) > VERDICT_BYTES_MAX:
        raise BadConfig(f"{path} is no verdict file: longer than {VERDICT_BYTES_MAX:,} bytes")
    try:
        told = json.loads(data, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise BadConfig(f"{path}:{error.lineno}:{error.colno}: no verdict file: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise BadConfig(f"{path} is no verdict file: {error}") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise BadConfig(f"{path} is no verdict file of format {FORMAT}")
    return told


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        twice = next(name for at, (name, _) in enumerate(members) if name in dict(members[:at]))
        raise ValueError(f"member '{twice}' stands there twice")
    return found


def _loaded(loader: str, key_file: Path, *given: Any) -> Any:
    try:
        serialization = import_module("cryptography.hazmat.primitives.serialization")
    except ImportError as error:
        raise NeedsPackage("signatures need the package cryptography: pip install cryptography") from error
    try:
        key = getattr(serialization, loader)(key_file.read_bytes(), *given)
    except (ValueError, TypeError) as error:
        raise BadConfig(f"{key_file}: no Ed25519 key in PEM: {error}") from None
    if not hasattr(key, "public_bytes_raw") and not hasattr(key, "private_bytes_raw"):
        raise BadConfig(f"{key_file}: not an Ed25519 key")
    return key
