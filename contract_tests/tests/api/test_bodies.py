"""What a body may be: JSON in UTF-8, of modest size and depth, naming each member once."""

import asyncio
from typing import get_args, get_type_hints

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api import Limits, Settings
from gateway.api.body import must_be_modest, must_name_once
from gateway.api.table import TABLE
from gateway.errors import BodyUnreadable, TooLarge
from gateway.model.examples import EXAMPLES

QUOTE = msgspec.json.encode(EXAMPLES["quote.create"])


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"", "line 1, column 1: the JSON ends too early"),
        (b'{"product":', "line 1, column 12: the JSON ends too early"),
        (b'{\n  "product": x}', "line 2, column 14: it is not JSON"),
        ('{"note": "退货", }'.encode(), "line 1, column 16: it is not JSON"),
        (b'{"product": "\xff"}', "line 1, column 14: it is not UTF-8"),
        (b'\xef\xbb\xbf{"product": 1}', "line 1, column 1: it is not JSON"),
        (b'{"product": NaN}', "line 1, column 13: it is not JSON"),
    ],
)
async def test_what_is_not_json_is_400_with_line_and_column(body, where, shop, insurer):
    reply = await shop.post("/v1/quotes", body)
    assert (reply.status_code, reply.json()["code"]) == (400, "request.invalid")
    assert where in reply.json()["detail"]
    assert insurer.calls == []


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "multipart/form-data", "application/json; charset=GBK", "", "json"],
)
async def test_another_content_type_is_415(content_type, shop):
    reply = await shop.post("/v1/quotes", QUOTE, Content_Type=content_type)
    assert (reply.status_code, reply.json()["code"]) == (415, "request.unsupported_media")


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=UTF-8", "Application/JSON", "application/vnd.insurehub+json"]
)
async def test_json_by_another_spelling_is_taken(content_type, shop):
    assert (await shop.post("/v1/quotes", QUOTE, Content_Type=content_type)).status_code == 201


async def test_a_compressed_body_is_415_because_it_could_inflate_without_end(shop):
    assert (await shop.post("/v1/quotes", QUOTE, Content_Encoding="gzip")).status_code == 415


@pytest.mark.parametrize(
    "bomb",
    [
        b'{"ext":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
        b'{"ext":{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}}",
        b"[" * 900_000,
        b'{"ext":{"a":' + b"[{}," * 65 + b"1" + b"]" * 65 + b"}}",
    ],
)
async def test_a_nesting_bomb_is_413_before_it_is_decoded(bomb, shop):
    reply = await shop.post("/v1/quotes", bomb)
    assert (reply.status_code, reply.json()["code"]) == (413, "request.too_large")


async def test_brackets_in_texts_are_no_depth(shop):
    body = msgspec.json.decode(QUOTE) | {"note": r'[[[[[[ "{{{{" \ ' * 20}
    assert (await shop.post("/v1/quotes", body)).status_code == 201


async def test_too_many_values_are_413(shop):
    reply = await shop.post("/v1/quotes", b'{"ext":{"a":[' + b"1," * 100_001 + b"1]}}")
    assert reply.status_code == 413


async def test_a_large_body_is_413_unless_its_row_carries_documents(shop):
    large = msgspec.json.decode(QUOTE) | {"note": "x" * 2_000_000}
    assert (await shop.post("/v1/quotes", large)).status_code == 413
    assert (await shop.post("/v1/claims/clm_1/withdrawal", {"reason": "x" * 2_000_000})).status_code == 200


async def test_a_length_announced_too_large_is_refused_before_a_byte_is_read(shop):
    async def never():
        raise AssertionError("the body was read")
        yield b""

    headers = {"Content-Type": "application/json", "Idempotency-Key": "k", "Content-Length": "99999999"}
    reply = await shop.http.post("/v1/quotes", content=never(), headers=headers)
    assert reply.status_code == 413


async def _ask(app, messages) -> list[dict]:
    """The ASGI messages an application sends for a quote whose body comes as `messages`."""
    sent: list[dict] = []
    waiting = list(messages)

    async def receive():
        if not waiting:
            await asyncio.sleep(60)
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    headers = [(b"authorization", b"Bearer key-of-everything"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/v1/quotes", "query_string": b"", "headers": headers}
    await app(scope, receive, send)
    return sent


async def test_a_body_that_never_ends_is_408(insurer, open_shop):
    shop = open_shop(insurer, Settings(limits=Limits(body_wait_s=0.02)))
    sent = await _ask(shop.app, [{"type": "http.request", "body": b"{", "more_body": True}])
    assert sent[0]["status"] == 408


async def test_a_body_in_pieces_is_one_body_and_counted_as_one(insurer, open_shop):
    pieces = [
        {"type": "http.request", "body": QUOTE[at : at + 100], "more_body": True} for at in range(0, len(QUOTE), 100)
    ]
    end = {"type": "http.request", "body": b""}
    assert (await _ask(open_shop(insurer).app, [*pieces, end]))[0]["status"] == 400
    assert insurer.calls[0][2] == EXAMPLES["quote.create"], "it was read whole; only its Idempotency-Key is missing"
    small = open_shop(insurer, Settings(limits=Limits(body_bytes_max=150)))
    assert (await _ask(small.app, [*pieces, end]))[0]["status"] == 413


async def test_a_caller_who_leaves_before_the_end_is_not_answered_and_nothing_is_begun(insurer, open_shop):
    shop = open_shop(insurer)
    assert await _ask(shop.app, [{"type": "http.disconnect"}]) == []
    assert insurer.calls == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"note":"a","note":"b"}',
        b'{"note" :"a","note" :"b"}',
        b'{"note" :"a","ext":{"b":1,"b":2}}',
        b'{"note":"\\u0022:","ext":{"b":1,"b":2}}',
        b'{"note":"a","not\\u0065":"b"}',
        b'{"ext":{"a":{"b":1,"b":1}}}',
        b'{"note":"\\u003aa","ext":{"b":1,"b":2}}',
        b'{"note":"say \\"x\\":1","ext":{"b":1,"b":2}}',
    ],
)
async def test_a_member_named_twice_is_400_whichever_way_it_is_written(body, shop):
    reply = await shop.post("/v1/quotes", QUOTE[:-1] + b"," + body[1:])
    assert reply.status_code == 400
    assert "twice" in reply.json()["detail"]


_JSON = st.recursive(
    st.none() | st.integers(-9, 9) | st.text('ab":\\ {}[],'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab":\\'), inner, max_size=3),
    max_leaves=12,
)


@given(_JSON)
def test_honest_json_never_counts_as_repeating_itself(value):
    must_name_once(msgspec.json.encode(value), value)


@given(_JSON, st.text('ab":\\'), _JSON)
def test_a_repetition_is_found_wherever_it_stands(value, name, other):
    member = msgspec.json.encode(name) + b":" + msgspec.json.encode(value)
    body = b'{"x":[' + msgspec.json.encode(other) + b",{" + member + b"," + member + b"}]}"
    with pytest.raises(BodyUnreadable, match="twice"):
        must_name_once(body, msgspec.json.decode(body))


def _structs_in(kind, found):
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in found:
        found.add(kind)
        for hint in get_type_hints(kind).values():
            _structs_in(hint, found)
    for part in get_args(kind):
        _structs_in(part, found)
    return found


@pytest.mark.parametrize("row", [row for row in TABLE if row.has_json], ids=lambda row: row.name)
def test_nothing_is_encoded_that_was_not_sent_so_a_repetition_cannot_be_evened_out(row):
    for struct in _structs_in(row.json_type, set()):
        assert struct.__struct_config__.omit_defaults
        assert not hasattr(struct, "__post_init__")
        factories = {info.default_factory for info in msgspec.structs.fields(struct)}
        assert factories <= {msgspec.NODEFAULT, dict, list, set}


@given(_JSON, st.integers(1, 8))
def test_depth_is_counted_as_a_parser_counts_it(value, depth_max):
    def depth(each):
        if isinstance(each, dict):
            return 1 + max(map(depth, each.values()), default=0)
        return 1 + max(map(depth, each), default=0) if isinstance(each, list) else 0

    limits = Limits(json_depth_max=depth_max)
    if depth(value) > depth_max:
        with pytest.raises(TooLarge):
            must_be_modest(msgspec.json.encode(value), limits)
    else:
        must_be_modest(msgspec.json.encode(value), limits)


async def test_a_get_needs_no_content_type_and_its_body_is_not_read(shop):
    reply = await shop.http.request("GET", "/v1/channels", content=b"{{{{")
    assert reply.status_code == 200
    assert isinstance(reply, httpx.Response)


@pytest.mark.parametrize("body", [b"", b'{"plan": "a', b'{"plan": NaN}', b'{"plan": "\xff"}'])
async def test_a_body_that_cannot_be_read_is_told_without_sending_its_caller_after_faults(body, shop):
    problem = (await shop.http.post("/v1/quotes", content=body, headers={"Content-Type": "application/json"})).json()
    assert (problem["status"], "faults" in problem) == (400, False)
    assert "faults" not in problem["next"]
