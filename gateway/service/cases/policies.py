"""What servicing a policy shares: finding it, and the complete request an adapter gets."""

from typing import Any

import msgspec

from gateway.errors import NotAllowedNow, NotFound
from gateway.journal.records import ObjectRecord
from gateway.model import Policy, PolicyRef
from gateway.service.cases.stored import Loaded, fetch, load
from gateway.service.parts import Caller, Parts
from gateway.service.use_case import Target, shared_fields

_ENDED = ("cancelled", "void", "expired", "lapsed", "terminated_by_claim", "exhausted")


async def find_policy(parts: Parts, caller: Caller, ref: PolicyRef) -> Loaded:
    """A client's policy by our id, its own reference or any number it ever bore. Raises NotFound."""
    if ref.policy_id is not None:
        return await fetch(parts, caller, "policy", ref.policy_id)
    return _found(await _look_up(parts, caller, ref))


async def _look_up(parts: Parts, caller: Caller, ref: PolicyRef) -> ObjectRecord | None:
    if ref.client_ref is not None:
        return await parts.journal.object_by_client_ref("policy", caller.client, ref.client_ref)
    return await parts.journal.object_by_number("policy", caller.client, ref.number or "")


def _found(row: ObjectRecord | None) -> Loaded:
    if row is None:
        raise NotFound("there is no such policy", code="policy.not_found")
    return load(row)


def policy_target(loaded: Loaded, policy: Policy, more: dict[str, str] | None = None) -> Target:
    """A policy's channel, with the binding it was issued under and what the carrier wants back."""
    return Target(channel=policy.channel or "", binding=loaded.value.binding, refs={**loaded.refs, **(more or {})})


def on_policy(policy: Policy, request_type: type[msgspec.Struct], body: Any, **more: Any) -> Any:
    """The complete request of a servicing operation: the body's own fields on top of the stored policy's."""
    values = {**shared_fields(policy, request_type), **shared_fields(body, request_type), **more}
    return request_type(**values)


def must_be_alive(policy: Policy) -> None:
    """Raises NotAllowedNow for a policy that has ended."""
    if policy.status in _ENDED:
        raise NotAllowedNow(f"the policy is {policy.status}")
