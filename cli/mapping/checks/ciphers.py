"""An `encrypt` layer: a cipher that exists, a key that is a secret, an IV that fits."""

from cli.mapping.checks.expressions import check_expression, is_secret
from cli.mapping.checks.extras import check_extras
from cli.mapping.checks.surroundings import Checking
from cli.mapping.ciphers import WrongCipher, field_paths, read_cipher
from cli.mapping.tree import Expression, Layer


def check_cipher(checking: Checking, layer: Layer, *, reply: bool) -> None:
    """Everything the options say, and the expressions among them."""
    try:
        sealing = read_cipher(layer, reply=reply)
    except WrongCipher as fault:
        checking.say("E446", fault.mark, fault.message, fault.hint)
    else:
        check_extras(checking, layer, [sealing.spec.extra, *([sealing.wrap.spec.extra] if sealing.wrap else [])])
    key = layer.options.get("key")
    parts = key if isinstance(key, tuple) else (key,)
    for option in (*parts, layer.options.get("iv"), layer.options.get("aad")):
        if isinstance(option, Expression) and not is_secret(option):
            check_expression(checking, option, None, wire=False)


def check_json_text(checking: Checking, layer: Layer) -> None:
    """A `json_text` layer names what it turns into texts."""
    try:
        if not field_paths(layer):
            checking.say("E455", layer.mark, "json_text does not say which values", "json_text: { fields: [vehicle] }")
    except WrongCipher as fault:
        checking.say("E455", fault.mark, fault.message, fault.hint)
