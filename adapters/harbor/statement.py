"""海港财险（虚构） 2.4 daily statement.

Generated from mappings/carriers/harbor/statement.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: fa98579a97da0efa7dba1b0585100eb2208ce8f92c0d333e0672d16501989cc5

from gateway.model import Number, NumberKind, Statement, StatementKind, StatementRecord, StatementTotals
from gateway.wire import (
    FixedForm,
    Lines,
    Place,
    Record,
    StatementCheck,
    StatementForm,
    StatementRows,
    Wire,
    datetime_codec,
    dig,
    fen_in,
    int_in,
    present,
    read_statement,
    require,
    text_given,
    text_required,
    value_in,
    ymd_in,
)

MAPPING = "mappings/carriers/harbor/statement.yaml"
FIXED = FixedForm(
    records=(
        Record(
            places=(
                Place(path=("day",), width=8),
                Place(path=("partner",), width=10),
                Place(path=("lines",), width=8, right=True, pad="0"),
                Place(path=("issued",), width=14, right=True),
                Place(path=("refunded",), width=14, right=True),
                Place(rest=True),
            ),
            starts="H",
        ),
        Record(
            places=(
                Place(path=("trans",), width=6),
                Place(path=("serial",), width=20),
                Place(path=("policyNo",), width=20),
                Place(path=("endorseNo",), width=20),
                Place(path=("at",), width=14),
                Place(path=("holder",), width=40, at=-49),
                Place(path=("amount",), width=9, right=True, at=-9),
            ),
            starts="D",
            items=("lines",),
        ),
        Record(places=(Place(path=("lines_again",), width=8, right=True, pad="0"), Place(rest=True)), starts="T"),
    ),
    charset="GBK",
    lines=Lines(line="\r\n", last=True),
)  # L6
DATETIME_YYYY_M_MDD_H_HMMSS_08_00 = datetime_codec("yyyyMMddHHmmss", "+08:00", False)


def is_line_1(w: Wire) -> bool:
    """Whether a line is of this kind."""
    return bool(dig(w, "trans") == "100002")  # L21


def line_1_in(w: Wire) -> StatementRecord:
    policy_number_no: str = text_required(w.get("policyNo"), "policyNo")  # L25
    return StatementRecord(
        request_no=text_required(w.get("serial"), "serial"),  # L24
        numbers=(Number(kind=NumberKind.policy, no=policy_number_no),),  # L25
        at=DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(require(value_in(w.get("at")), "at")),  # L26
        name=text_given(w.get("holder")),  # L27
        amount=fen_in(require(value_in(w.get("amount")), "amount")),  # L28
    )


def is_line_2(w: Wire) -> bool:
    """Whether a line is of this kind."""
    return bool(dig(w, "trans") == "100003")  # L30


def line_2_in(w: Wire) -> StatementRecord:
    policy_number_no: str = text_required(w.get("policyNo"), "policyNo")  # L34
    endorsement_number_no: str = text_required(w.get("endorseNo"), "endorseNo")  # L35
    return StatementRecord(
        request_no=text_required(w.get("serial"), "serial"),  # L33
        numbers=present(
            Number(kind=NumberKind.policy, no=policy_number_no),
            Number(kind=NumberKind.endorsement, no=endorsement_number_no),
        ),  # L34
        at=DATETIME_YYYY_M_MDD_H_HMMSS_08_00.read(require(value_in(w.get("at")), "at")),  # L36
        name=text_given(w.get("holder")),  # L37
        amount=fen_in(require(value_in(w.get("amount")), "amount")),  # L38
    )


def head_in(w: Wire) -> Statement:
    return Statement(
        business_date=ymd_in(require(value_in(w.get("day")), "day")),  # L18
    )


def totals_1_in(w: Wire) -> StatementTotals:
    return StatementTotals(
        total=fen_in(v) if (v := value_in(w.get("issued"))) is not None else None,  # L40
    )


def totals_2_in(w: Wire) -> StatementTotals:
    return StatementTotals(
        total=fen_in(v) if (v := value_in(w.get("refunded"))) is not None else None,  # L41
    )


def totals_3_in(w: Wire) -> StatementTotals:
    return StatementTotals(
        lines=int_in(v) if (v := value_in(w.get("lines"))) is not None else None,  # L42
    )


def totals_4_in(w: Wire) -> StatementTotals:
    return StatementTotals(
        lines=int_in(v) if (v := value_in(w.get("lines_again"))) is not None else None,  # L43
    )


def parse(data: bytes) -> Statement:
    """The records of a file, and everything that is wrong with it; never raises."""
    return read_statement(data, STATEMENT)


STATEMENT = StatementForm(
    form=FIXED,
    rows=(
        StatementRows(items=("lines",), kind=StatementKind.issue, wanted=is_line_1, read=line_1_in),
        StatementRows(items=("lines",), kind=StatementKind.cancellation, wanted=is_line_2, read=line_2_in),
    ),
    head=head_in,
    checks=(
        StatementCheck(read=totals_1_in, wants=("total",), kinds=(StatementKind.issue,)),
        StatementCheck(read=totals_2_in, wants=("total",), kinds=(StatementKind.cancellation,)),
        StatementCheck(read=totals_3_in, wants=("lines",)),
        StatementCheck(read=totals_4_in, wants=("lines",)),
    ),
    charset="GBK",
)
