"""Which bytes of a reply are changed to see whether its signature notices."""

from types import SimpleNamespace

import pytest

from contract_tests.runner.signed_part import signed_part


def text(value):
    return SimpleNamespace(value=value)


def layer(name, **options):
    return SimpleNamespace(name=name, options=options)


XML = b"<P><H>1</H><R>abc</R><S>x</S></P>"
BODY = layer("verify", over=(text("body"), text("secret.key")))
ELEMENT = layer("verify", over=(text("between(body;<R>;</R>;whole)"),))


@pytest.mark.parametrize(
    ("layers", "covered"),
    [
        ([BODY, layer("json")], XML),
        ([layer("frame", widths=(text("4"), text("-8"))), BODY, layer("xml")], XML[12:]),
        ([layer("charset"), layer("xml"), ELEMENT], b"abc"),
        ([layer("base64"), ELEMENT, layer("xml")], XML),
        ([layer("json", put=text("data")), ELEMENT, layer("json")], XML),
    ],
)
def test_what_is_covered_is_told_by_the_layers(layers, covered):
    part = signed_part([layers], XML)
    assert XML[part.start : part.stop] == covered


def test_of_several_forms_of_reply_every_byte_counts():
    assert signed_part([[ELEMENT], [layer("json")]], XML) == range(len(XML))
    assert signed_part([], XML) == range(len(XML))


def test_of_a_wrapper_around_an_object_the_object_is_covered():
    body = b'{"a_response": {"no":"1"} ,"sign":"x"}'
    wrapped = [layer("charset"), layer("json", put=text("*_response"), raw=text("true")), BODY, layer("json")]
    part = signed_part([wrapped], body)
    assert body[part.start : part.stop] == b'{"no":"1"}'
    assert signed_part([wrapped], b'{"b": 1}') == range(8)
