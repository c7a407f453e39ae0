"""What stands inside a body that is packed or encrypted: there two of them part in words, outside in cipher text."""

from collections.abc import Mapping
from typing import Any

from contract_tests.examples.subject import Subject


def inside_of(subject: Subject, call: tuple[str, str, str], body: bytes, secrets: Mapping[str, str]) -> bytes | None:
    """The message of a call (operation, variant, step) in its own format; None where that is the body, or unknown."""
    # The recorder opens messages; it stands on the runner.
    from contract_tests.record.ciphers import CannotOpen  # noqa: PLC0415
    from contract_tests.record.enveloped import is_envelope, payload_of, unsealed  # noqa: PLC0415
    from contract_tests.record.layers import Keys, Message, Rewriting  # noqa: PLC0415

    class Opening(Rewriting):
        """Goes inwards, through what cannot be closed again too, and ends at the message itself."""

        def _go(self, layers: Any, data: bytes | str, charset: str, around: Any) -> bytes | str:
            layer = layers[0] if layers else None
            if layer is None or not is_envelope(layer):
                return super()._go(layers, data, charset, around)
            raw = data if isinstance(data, bytes) else data.encode(charset)
            leaves = {path[-1]: text for path, text in around.leaves.items()} if around else {}
            kept = {name: leaves.get(place) for name, place in around.names.items()} if around else {}
            inner = payload_of(raw) if layer.name == "jws" else unsealed(layer, raw, kept, self.keys.real)
            return self._go(layers[1:], inner, charset, around)

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
