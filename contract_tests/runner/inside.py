"""What stands inside a body that is packed or encrypted: there two of them part in words, outside in cipher text."""

from collections.abc import Mapping
from typing import Any

from contract_tests.runner.subject import Subject


def inside_of(subject: Subject, call: tuple[str, str, str], body: bytes, secrets: Mapping[str, str]) -> bytes | None:
    """The message of a call (operation, variant, step) in its own format; None where that is the body, or unknown."""
    # The recorder opens messages; it stands on the runner.
    from contract_tests.record.ciphers import CannotOpen  # noqa: PLC0415
    from contract_tests.record.layers import Keys, Message, Rewriting  # noqa: PLC0415

    class Opening(Rewriting):
        """Goes inwards and ends at the message itself."""

        def _format(self, layer: Any, rest: Any, data: bytes | str, charset: str) -> bytes | str:
            raise _Found(data if isinstance(data, bytes) else data.encode(charset))

    layers = _layers(subject, call)
    try:
        Opening(Message(body=body), Keys(secrets, secrets), lambda _, text: text).through(layers[::-1])
    except _Found as found:
        return None if found.message == body else found.message
    except (CannotOpen, UnicodeError):
        pass
    return None


class _Found(Exception):
    def __init__(self, message: bytes) -> None:
        super().__init__()
        self.message = message


def _layers(subject: Subject, call: tuple[str, str, str]) -> tuple[Any, ...]:
    """The layers a call is sent through."""
    tree = subject.tree
    if tree is None:
        return ()
    name, variant, step = call
    steps = [
        each
        for operation in tree.operations
        if (operation.name, operation.variant or "") == (name, variant)
        for each in operation.steps
        if (each.name or "") == step or len(operation.steps) == 1
    ]
    own = steps[0].wire if steps else None
    return tuple(own if own is not None else tree.carrier.wire)
