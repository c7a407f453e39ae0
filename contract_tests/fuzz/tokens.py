"""The hostile words of YAML mappings, and of replies in JSON, XML and other forms."""

import gzip

_DEEP = 3_000
_LONG = 200_000

MAPPING = (
    b"&a [*a, *a]", b"*a", b"<<: *a", b"!!python/object/apply:os.system ['true']", b"!!binary aGk=", b"--- ", b"...",
    b"%YAML 1.1\n", b"? - a\n: b\n", b"\t", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80",
    "\u2028\x85".encode(),
    b"[" * _DEEP, b"{a: " * _DEEP, b"- " * _DEEP, b"a" * _LONG, b"'" + b"x" * _LONG + b"'", b"(" * _DEEP,
    b"." * _DEEP,
    b"1" * 5_000, b"^" * _DEEP, b"(a=b)" * 500, b"{n}" * 500, b"$x", b"$_", b"$-", b'"""', b"'''", b"\\", b'\\"',
    b"=().__class__.__mro__[1].__subclasses__()", b"=__import__('os').system('true')", b"=exec('1')", b"={}.__doc__",
    b"=[x for x in req]", b"=lambda: 1", b"=req.policyholder.name", b"=9**9**9", b"='a'*10**9",
    b"=not " + b"not " * 900,
    b"=wire('" + b"a." * 900 + b"b')", b"=f'{req}'", b"=match(wire.a, '(a+)+$')",
    b"=match(wire.a, '" + b"(" * 99 + b"')",
    b"=secret.key", b"=config.x", b"=header.X-A", b"=step.a.b", b"=refs.x", b"=up.up.up", b"=n",
    b"=first(req.insureds)",
    b"to: .", b"to: ''", b"to: ^^^a", b"to: /a@b@c", b"to: a.0.0.0", b'to: "a\\nb"', b"to: class", b"to: __init__",
    b"shape: person", b"shape: ''", b"extends: person", b"extends: carrier", b"list: .", b"as: money(fen",
    b"as: enum()",
    b"as: date(yyyyyyyy)", b"as: pad(999999999;x)", b"as: cut(-1)", b"as: money(yuan;99)",
    b"as: number(number(number(int)))",
    b"as: by(.)", b"as: by(a;a.b)",
    b"as: by(" + b"a." * 900 + b"a)", b"=1", b"=-0.5", b"=" + b"9" * 500,
    b"='\\x00'",
    b"to: '{n}.{n0}.@{n}'", b"list: 'a{n}.b'", b"to: 'a(b={n})'",
    b"mac: { algo: hmac_sha256, bytes: 99999999999 }", b"mac: []", b"key: [secret.a, =now('x')]", b"key: []",
    b"key: [[]]",
    b"begin: ''", b"end: ''", b"X: '{basic(;)}'", b"X: '{basic(a;{b})}'", b"X: '{http.path}{http.path'",
    b"cases: []", b"cases: [{}]", b"is: {}", b"wire: {}", b'when: ""', b"else: accepted", b"is: declined",
    b"http: 99999",
    b"timeout: { total: 1e999s }", b"table: ../../../etc/passwd.csv", b"table: x.csv", b"native: true",
    b"variant: ../x",
    b"steps: {}", b"steps: { a: {} }", b"charset: nonsense", b"algo: nonsense", b"over: []", b"format: mapping/2",
    b'name: "a\\n# L1\\nimport os"', b'zh: "\\"\\"\\""', b"# L9", b"{{ 7 * 7 }}", b"%s{0}", b"@", b"`", b"|",
    b">", b"&", b"*",
)  # fmt: skip
"""What a mapping may hold to break its reader, its checker, or the source made of it."""

_BILLION = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(9)
) + b']><Response code="1"><Body>&j;</Body></Response>'  # fmt: skip

DOCTYPES = (
    b"<!DOCTYPE html><html></html>",
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>&x;</a>',
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]><a/>',
    b"<?xml version='1.0'?><!-- a --><!DOCTYPE a><a/>",
    _BILLION,
)

REPLY = (
    *DOCTYPES, b"<!ENTITY x 'y'>", b"&x;", b"&#0;", b"&#xD800;", b"<![CDATA[", b"]]>", b"<?php ?>", b"<a " * _DEEP,
    b"<a>" * _DEEP, b"<a/>" * 250_000, b"<a b='1' b='2'/>", b"xmlns=''", b"<soap:Fault>", b"<Fault/>",
    b"[" * 100_000, b'{"a":' * 100_000, b"{" * _DEEP, b'{"a":1,"a":2}', b'"head":{},"head":{}', b"NaN", b"Infinity",
    b"-Infinity", b"1e400", b"-0", b"1" * 5_000, b"0." + b"0" * 5_000 + b"1", b"1E999999999", b'"\\ud800"',
    b"\\udc00\\ud800",
    b'"\\u0000"', b"null", b"true", b"[]", b"{}", b'""', b'" "', b"[null]", b'{"":""}', b"0,", b'"x":' * 1_000,
    b"," * 250_000,
    b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\x80\x81", b"\xed\xa0\x80", b"\xf0\x9f\x92\xa9",
    b"\xa3\xa0", "\ufffd".encode(),
    b"a" * (8 * 1024 * 1024), b'"' + b"a" * (10 * 1024 * 1024) + b'"', b"|" * 50_000, b"\r\n" * 50_000,
    b"%00%ff%zz", b"%" * 9_000,
    b"a=1&" * 5_000, b"&bizContent=" * 100, b"<html>502</html>", b"", b" ", b"0", b"1", b"0000", b"99991231",
    b"20260230", b"24:00:00",
    gzip.compress(b"0" * 40_000_000, mtime=0), gzip.compress(b"{}", mtime=0), b"JVBERi0x", b"%PDF-1.4",
    b"2026-02-30T25:61:61+99:99",
)  # fmt: skip
"""What a reply may hold to break its reader: bombs of every form, half characters, numbers that are none."""
