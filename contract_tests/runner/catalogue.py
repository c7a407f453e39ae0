"""The catalogue of checks C01 to C23: what each promises, and where it is done.

`checks` are begins of the names of checks that the runner makes of shipped carriers, `tests` are test functions of this
project. A test looks for each of them, and for every row one at least: a row cannot outlive what it names.
"""

from msgspec import Struct

ROOM = "contract_tests/tests"


class Row(Struct, frozen=True):
    """One promise: its id, what it is about, the levels it is kept at, and who keeps it."""

    id: str
    about: str
    levels: str
    checks: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


CATALOGUE = (
    Row("C01", "request bytes", "0 1 2", ("request-bytes", "cannot-send", "mock")),
    Row("C02", "signatures", "0 2", ("tampered-reply", "signature"), ("wire/test_signers.py",)),
    Row("C03", "freshness", "1", ("freshness", "derived-context-clock", "derived-context-number")),
    Row("C04", "reply read", "0 1 2", ("outcome", "reply", "client-stack", "statement", "derived-whole", "step-")),
    Row(
        "C05",
        "error table, unknown code",
        "0 1",
        ("error-row", "unknown-code", "error-table", "derived-code", "derived-reply-decision"),
    ),
    Row(
        "C06", "unknown codes of fields", "0", ("derived-reply-unseen", "derived-reply-code", "derived-reply-type-case")
    ),
    Row("C07", "fields missing", "0", ("derived-reply-missing", "derived-request-missing", "derived-reply-added")),
    Row("C08", "null, empty and absent", "0", ("derived-reply-null", "derived-reply-empty")),
    Row("C09", "fields nobody names, key twice, order", "0", ("derived-reply-extra", "derived-bytes-duplicate")),
    Row("C10", "types shifted", "0", ("derived-reply-type-", "derived-reply-object", "derived-reply-items")),
    Row("C11", "charsets", "0 2", ("derived-bytes-charset",), ("wire/test_texts.py",)),
    Row("C12", "cut replies", "0 2", ("cut-reply", "fault-truncate"), ("mock/test_faults.py",)),
    Row("C13", "another kind of body", "0 1", ("unreadable-reply",)),
    Row("C14", "HTTP statuses", "0 1", ("derived-status", "statuses"), ("transport/test_replies.py",)),
    Row(
        "C15",
        "time",
        "1 2",
        ("fault-commit_then_hang",),
        ("transport/test_after_sending.py::test_a_dribbling_carrier_ends_at_the_total_deadline",),
    ),
    Row("C16", "connections", "1 2", ("fault-",), ("transport/test_before_sending.py", "runner/test_parity.py")),
    Row(
        "C17",
        "replies of others",
        "0 2",
        ("derived-reply-decision", "swapped-replies", "doubled-reply", "fault-swap_response-socket"),
        ("codegen/test_batches.py::test_another_callers_batch_is_unknown",),
    ),
    Row("C18", "resending", "1 2", ("fault-commit_then_rst", "derived-declared"), ("e2e/test_blind_writes.py",)),
    Row(
        "C19",
        "callbacks",
        "0 1 2",
        (
            "callback",
            "callback-answer",
            "callback-tampered",
            "callback-endpoint",
            "derived-callback",
            "fault-dup_callback-socket",
        ),
        ("e2e/test_callbacks_kept.py",),
    ),
    Row(
        "C20", "round trip", "0", ("round-trip",), ("roundtrip/test_shapes.py::test_a_shape_reads_back_what_it_sends",)
    ),
    Row("C21", "boundaries", "0", ("derived-request-edge", "derived-reply-day", "derived-reply-length")),
    Row("C22", "nothing personal or secret is told", "1", ("scrubbed",), ("wire/test_secrecy.py",)),
    Row("C23", "limits", "0 2", ("limits",), ("fuzz/test_fuzz.py", "transport/test_boundary.py")),
)


def table() -> str:
    """The catalogue as a table in Markdown."""
    rows = [f"| {row.id} | {row.about} | {row.levels} | {_where(row)} |" for row in CATALOGUE]
    return "\n".join(["| id | promise | level | done by |", "|---|---|---|---|", *rows]) + "\n"


def _where(row: Row) -> str:
    return ", ".join([*(f"`{name}`" for name in row.checks), *(f"`{name}`" for name in row.tests)])
