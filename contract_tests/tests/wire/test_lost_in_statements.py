"""A daily file in which a character was lost is no statement: a number with a hole in it may be another's."""

import pytest
from msgspec.structs import replace

from adapters.tide.statement import STATEMENT
from gateway.wire.statements import read_statement

HEAD = "H|20260302|P0008|1|0.60\n"
LINE = "D|1|TH0000000001|TD2603020000011|退货险|标准|202603021030|12.00|0.60|承保|DD20260302-001\n"
UTF_8 = replace(STATEMENT, charset="utf-8")


def test_a_file_without_a_lost_character_is_read():
    read = read_statement((HEAD + LINE).encode(), UTF_8)
    assert (read.faults, len(read.records)) == ((), 1)


@pytest.mark.parametrize("lost", ["TD26030200\ufffd0011", "退货\ufffd"])
def test_a_lost_character_refuses_the_file_and_its_line_is_told(lost):
    read = read_statement((HEAD + LINE.replace("TD2603020000011", lost)).encode(), UTF_8)
    (fault,) = read.faults
    assert (fault.line, read.records) == (0, ())
    assert fault.message == "a character of line 2 was lost before the file was written (U+FFFD)"


def test_one_that_gb18030_brings_is_found_too():
    read = read_statement(
        (HEAD + LINE.replace("12.00", "12.\ufffd0")).encode("gb18030"), replace(STATEMENT, charset="GB18030")
    )
    assert [fault.line for fault in read.faults] == [0]
