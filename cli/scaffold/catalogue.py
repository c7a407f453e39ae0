"""Adding a carrier to the files that name carriers: channels, a product, the test keys. Comments stay as they are.

Text is added, never rewritten: at the end of a file or of its last entry. Where that is not possible the text to add is
given back, for a person.
"""

from gateway.catalogue.nodes import MapNode, Node, ScalarNode
from gateway.catalogue.reader import read_text

PRODUCT = "personal-accident"
"""The product the scaffolded carriers sell."""
_INDENT = "  "


def channel_of(carrier: str) -> str:
    """The name of the channel of a scaffolded carrier."""
    return f"{carrier}_main"


def channel_entry(carrier: str) -> str:
    """The carrier's line of channels.yaml."""
    return f"{channel_of(carrier)}: {{ carrier: {carrier}, insurer: {carrier}_pc, via: direct, state: active }}\n"


def product_entry(carrier: str, weight: int) -> str:
    """The channel's entry of a product; weight 0 sells nothing until a person gives it a share."""
    note = "" if weight else "                     # sells nothing until it has a share"
    codes = "{ ACCIDENT_DEATH: AD, ACCIDENT_MEDICAL: AM }"
    lines = (
        f"{channel_of(carrier)}:",
        "  mode: weighted",
        f"  weight: {weight}{note}",
        f"  binding: {{ product_code: PA01, plan_code: {{ standard: A, plus: B }}, coverage_code: {codes} }}",
        "  rates:",
        _rate("standard", 120),
        _rate("plus", 300),
        "  limits: { age: { max: 70 }, insureds: { max: 50 }, currencies: [CNY] }",
    )
    return "".join(f"{line}\n" for line in lines)


def _rate(plan: str, fen: int) -> str:
    amount = f"{{ amount: {fen}, currency: CNY }}"
    return f"    - {{ from: 2025-01-01, plan: {plan}, of: fixed, per: insured_day, amount: {amount} }}"


def keys_entry(carrier: str) -> str:
    """The carrier's entry of the test keys: those of the worked example in its document (3.3)."""
    return f"{carrier}:\n  partner_id: PT0001\n  sign_key: scaffold-test-key-0001\n"


def settings_entry(carrier: str) -> str:
    """What the channel needs in insurehub.yaml before it is served against the carrier itself."""
    config = f'{{ base_url: "https://uat.{carrier.replace("_", "-")}.example", partner_id: PT0001 }}'
    secrets = f"{{ sign_key: {{ env: {carrier.upper()}_SIGN_KEY }} }}"
    return f"channels:\n  {channel_of(carrier)}:\n    config: {config}\n    secrets: {secrets}\n"


def with_entry(text: str, entry: str) -> str:
    """A map in block style with one more entry; a file of comments alone begins with it."""
    return text + ("" if not text or text.endswith("\n") else "\n") + entry


def with_channel(text: str, entry: str) -> str | None:
    """A product with one more entry under `channels`; None where that cannot be done by adding lines at the end."""
    root, _ = read_text(text, "product")
    if not isinstance(root, MapNode) or not len(root):
        return None
    *_, (last, value) = root
    if last.text != "channels":
        return None
    if not isinstance(value, MapNode) or not len(value):
        head = _without_value(text, last.mark.line, value)
        return None if head is None else with_entry(head, _indented(entry, _INDENT))
    first = next(iter(value))[0].mark
    if first.line == last.mark.line:
        return None
    return with_entry(text, _indented(entry, " " * (first.column - 1)))


def _without_value(text: str, line: int, value: Node) -> str | None:
    """The text up to and with a bare `channels:`, when what stands behind it is nothing, `{}` or null."""
    lines = text.splitlines(keepends=True)
    said = lines[line - 1].partition("#")[0].strip()
    nothing = isinstance(value, ScalarNode | MapNode) and said in ("channels:", "channels: {}", "channels: null")
    if not nothing:
        return None
    return "".join([*lines[: line - 1], "channels:\n", *lines[line:]])


def _indented(entry: str, by: str) -> str:
    return "".join(f"{by}{line}" for line in entry.splitlines(keepends=True))
