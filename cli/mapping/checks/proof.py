"""What proves a reply to be the carrier's: a call of its own, or another form of reply, may not leave it out unseen."""

from cli.mapping.checks.surroundings import Checking
from cli.mapping.layers import Layers
from cli.mapping.tree import Layer, StepDecl


def check_believed(checking: Checking, step: StepDecl) -> None:
    """E445 where a call with a wire of its own would believe any reply, though the carrier's are checked.

    Its own wire, undone, has no signature to look at; which layers its reply has must be said.
    """
    checked = [layer for layers in checking.carrier.reply for layer in layers if _is_proof(layer)]
    if step.wire and not step.reply and checked:
        message = f"this wire leaves the reply unchecked: {checked[0].name} of the carrier's reply falls away"
        checking.say("E445", step.wire[0].mark, message, "reply: beside it, the carrier's layers or others")


def check_forms(checking: Checking, forms: tuple[Layers, ...]) -> None:
    """W424 where one form of a reply is checked and another is not: a forger chooses the form that suits him."""
    proofs = [next((layer.name for layer in layers if _is_proof(layer)), None) for layers in forms]
    name = next((each for each in proofs if each is not None), None)
    if name is None:
        return
    for number, (layers, proof) in enumerate(zip(forms, proofs, strict=True), 1):
        if proof is None and layers:
            message = f"form {number} of the reply is believed without the {name} of the others: a forged yes as well"
            checking.say("W424", layers[0].mark, message, "leave this form out: what only it can read is unknown then")


def _is_proof(layer: Layer) -> bool:
    """Whether a layer of a reply refuses what the carrier has not made."""
    return layer.name in ("verify", "http_signature", "xml_signature", "jws") or (
        layer.name == "soap" and "wsse" in layer.options
    )
