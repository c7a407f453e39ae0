"""潮汐货运险（虚构） 2.0 daily statement.

Generated from mappings/carriers/tide/statement.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 266a400004b88257222253e0575fa9c5d0cbc22dae7438a3ac73f1443604bd5e

from gateway.model import Number, NumberKind, Statement, StatementKind, StatementRecord, StatementTotals
from gateway.wire import (
    PipeForm,
    Place,
    Record,
    StatementCheck,
    StatementForm,
    StatementRows,
    Wire,
    datetime_codec,
    dig,
    int_in,
    read_statement,
    require,
    text_given,
    text_required,
    value_in,
    ymd_in,
    yuan_in,
)

MAPPING = "mappings/carriers/tide/statement.yaml"
PIPE = PipeForm(
    records=(
        Record(
            places=(Place(path=("day",)), Place(path=("partner",)), Place(path=("count",)), Place(path=("total",))),
            starts="H",
        ),
        Record(
            places=(
                Place(path=("seq",)),
                Place(path=("no",)),
                Place(path=("policyNo",)),
                Place(path=("product",)),
                Place(path=("plan",)),
                Place(path=("issuedAt",)),
                Place(path=("sum",)),
                Place(path=("premium",)),
                Place(path=("state",)),
                Place(path=("orderNo",)),
            ),
            starts="D",
            items=("lines",),
        ),
    )
)  # L6
DATETIME_YYYY_M_MDD_H_HMM_08_00 = datetime_codec("yyyyMMddHHmm", "+08:00", False)


def is_line_1(w: Wire) -> bool:
    """Whether a line is of this kind."""
    return bool(dig(w, "state") == "承保")  # L14


def line_1_in(w: Wire) -> StatementRecord:
    policy_number_no: str = text_required(w.get("policyNo"), "policyNo")  # L18
    return StatementRecord(
        request_no=text_required(w.get("no"), "no"),  # L17
        numbers=(Number(kind=NumberKind.policy, no=policy_number_no),),  # L18
        amount=yuan_in(require(value_in(w.get("premium")), "premium")),  # L19
        sum_insured=yuan_in(v) if (v := value_in(w.get("sum"))) is not None else None,  # L20
        at=DATETIME_YYYY_M_MDD_H_HMM_08_00.read(require(value_in(w.get("issuedAt")), "issuedAt")),  # L21
        object_no=text_given(w.get("orderNo")),  # L22
    )


def is_line_2(w: Wire) -> bool:
    """Whether a line is of this kind."""
    return bool(dig(w, "state") == "拒绝")  # L23


def head_in(w: Wire) -> Statement:
    return Statement(
        business_date=ymd_in(require(value_in(w.get("day")), "day")),  # L11
    )


def totals_1_in(w: Wire) -> StatementTotals:
    return StatementTotals(
        count=int_in(v) if (v := value_in(w.get("count"))) is not None else None,  # L25
        total=yuan_in(v) if (v := value_in(w.get("total"))) is not None else None,  # L25
    )


def parse(data: bytes) -> Statement:
    """The records of a file, and everything that is wrong with it; never raises."""
    return read_statement(data, STATEMENT)


STATEMENT = StatementForm(
    form=PIPE,
    rows=(
        StatementRows(items=("lines",), kind=StatementKind.issue, wanted=is_line_1, read=line_1_in),
        StatementRows(items=("lines",), wanted=is_line_2),
    ),
    head=head_in,
    checks=(StatementCheck(read=totals_1_in, wants=("count", "total")),),
    charset="GBK",
)
