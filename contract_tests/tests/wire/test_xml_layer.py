"""The XML layer: the tree goes out in order, comes back whole, and hostile documents stay out."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.wire import CannotSend, Unreadable, XmlForm, xml_declaration, xml_in, xml_out
from gateway.wire.limits import DEPTH_MAX

FORM = XmlForm(root="Root")
NAMES = st.sampled_from(["Name", "p:Code", "姓名", "A-1", "b_2"]).map(lambda name: name)
PLAIN = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffd\ufffe\uffff"), max_size=20
)
TREES = st.recursive(
    PLAIN,
    lambda inner: st.dictionaries(NAMES, inner | st.lists(inner, min_size=2, max_size=3), max_size=4),
    max_leaves=20,
)


def as_read(value):
    """The tree as reading gives it: prefixes forgotten, an object without content an empty text."""
    if isinstance(value, dict):
        return {name.rpartition(":")[2]: as_read(inner) for name, inner in value.items()} or ""
    return [as_read(item) for item in value] if isinstance(value, list) else value


@given(tree=st.dictionaries(NAMES, TREES, min_size=1, max_size=4))
def test_what_is_written_reads_back(tree):
    form = XmlForm(root="Root", ns={"p": "urn:x"})
    assert xml_in(xml_out(tree, form)) == as_read(tree)


def test_the_order_of_the_tree_is_the_order_on_the_wire():
    tree = {"Head": {"Code": "1", "No": 5}, "Body": {"Risk": [{"Code": "R1"}, {"Code": "R2"}], "Weight": ""}}
    assert xml_out(tree, XmlForm(root="TranData", declaration=xml_declaration("GBK"))) == (
        '<?xml version="1.0" encoding="GBK"?><TranData><Head><Code>1</Code><No>5</No></Head>'
        "<Body><Risk><Code>R1</Code></Risk><Risk><Code>R2</Code></Risk><Weight/></Body></TranData>"
    )


def test_attributes_text_and_namespaces_have_their_places():
    tree = {"@id": "7", "Sex": {"@code": "1", "#text": "男"}, "s:Amount": Decimal("5.00"), "Flag": True}
    form = XmlForm(root="s:Doc", ns={"s": "urn:s", "": "urn:d"})
    text = xml_out(tree, form)
    assert text == (
        '<s:Doc xmlns:s="urn:s" xmlns="urn:d" id="7"><Sex code="1">男</Sex>'
        "<s:Amount>5.00</s:Amount><Flag>true</Flag></s:Doc>"
    )
    assert xml_in(text, "Doc") == {"@id": "7", "Sex": {"@code": "1", "#text": "男"}, "Amount": "5.00", "Flag": "true"}


def test_empty_text_is_a_tag_or_left_out_and_absent_is_always_left_out():
    tree = {"A": "", "B": None, "C": "x"}
    assert xml_out(tree, FORM) == "<Root><A/><C>x</C></Root>"
    assert xml_out(tree, XmlForm(root="Root", empty="omit")) == "<Root><C>x</C></Root>"


def test_texts_cannot_become_markup():
    hostile = "</Name><Paid>1</Paid>&amp; ]]> \r\n"
    for form in (FORM, XmlForm(root="Root", cdata=frozenset({"Name"}))):
        text = xml_out({"Name": hostile, "@a": '"><x/>'}, form)
        tree = xml_in(text)
        assert list(tree) == ["@a", "Name"]
        assert tree["@a"] == '"><x/>'
        assert tree["Name"].replace("\r", "") == hostile.replace("\r", "")
    assert xml_in(xml_out({"Name": hostile}, FORM))["Name"] == hostile


@pytest.mark.parametrize("text", ["\x00", "\x0b", "\x1f", "\ud800", "\uffff"])
def test_a_character_xml_cannot_carry_is_refused_before_sending(text):
    for tree in ({"A": text}, {"@A": text}):
        with pytest.raises(CannotSend, match=r"XML 1\.0 cannot carry"):
            xml_out(tree, FORM)


@pytest.mark.parametrize("name", ["", "a b", "1a", "a><b", "a:b:c", "@"])
def test_a_name_that_is_none_is_refused_before_sending(name):
    with pytest.raises(CannotSend):
        xml_out({"Ext": {name: "x"}}, FORM)


def test_one_element_is_an_object_and_several_are_a_list():
    assert xml_in("<R><I><A>1</A></I></R>") == {"I": {"A": "1"}}
    assert xml_in("<R><I>1</I><I>2</I><I>3</I></R>") == {"I": ["1", "2", "3"]}


def test_white_space_between_elements_is_no_text_but_mixed_text_is_kept():
    assert xml_in("<R>\n  <A> x </A>\n</R>") == {"A": " x "}
    assert xml_in("<R>told<A/></R>") == {"A": "", "#text": "told"}
    assert xml_in("<R>only</R>") == {"#text": "only"}
    assert xml_in("<R/>") == {}


def test_a_declared_charset_is_the_charset_layers_business():
    assert xml_in('<?xml version="1.0" encoding="GBK"?><R><A>中</A></R>') == {"A": "中"}
    assert xml_in('<?xml version="1.0" encoding="GBK"?><R><A>中</A></R>'.encode()) == {"A": "中"}


def test_comments_and_instructions_are_no_content():
    assert xml_in("<?x y?><!-- a --><R><!-- b --><A>1<?z?></A></R><!-- c -->") == {"A": "1"}


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
HOSTILE = [
    '<!DOCTYPE R [<!ENTITY a "b">]><R>&a;</R>',
    '<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE R SYSTEM "file:///etc/passwd"><R/>',
    f'<!DOCTYPE R [<!ENTITY l0 "lol">{BOMB}]><R>&l8;</R>',
    '<!DOCTYPE R [<!ENTITY x SYSTEM "file:///etc/passwd">]><R>&x;</R>',
    '<!DOCTYPE R SYSTEM "http://127.0.0.1:9/x.dtd"><R/>',
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_document_with_a_doctype_is_never_read(text):
    with pytest.raises(Unreadable, match="DOCTYPE"):
        xml_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "<R>",
        "<R></S>",
        "<R><A>1</R>",
        "<R/><S/>",
        "<R>&undefined;</R>",
        "<R>\x00</R>",
        "{}",
        "<!doctype html><html/>",
    ],
)
def test_what_is_no_xml_is_unreadable_and_not_quoted(text):
    with pytest.raises(Unreadable) as caught:
        xml_in(text)
    assert not any(part in str(caught.value) for part in ("plain", "undefined", "html"))


def test_another_root_than_promised_is_unreadable():
    with pytest.raises(Unreadable, match="expected the root element Response"):
        xml_in("<html><body>busy</body></html>", "Response")


def test_depth_and_size_have_limits():
    with pytest.raises(Unreadable, match=r"nests deeper|not XML"):
        xml_in("<a>" * (DEPTH_MAX + 2) + "</a>" * (DEPTH_MAX + 2))
    with pytest.raises(Unreadable, match="more than 200000 elements"):
        xml_in("<R>" + "<a></a>" * 200_001 + "</R>")
    with pytest.raises(Unreadable, match="longer than"):
        xml_in("<R>" + " " * (8 * 1024 * 1024) + "</R>")


@given(st.binary(max_size=200))
def test_any_bytes_either_read_or_are_unreadable(body):
    with contextlib.suppress(Unreadable):
        assert isinstance(xml_in(body), dict)


@given(text=PLAIN)
def test_another_parser_reads_the_same_text(text):
    document = etree.fromstring(xml_out({"A": text}, FORM).encode())
    assert (document.findtext("A") or "") == text
