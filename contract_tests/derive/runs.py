"""The examples that cases are derived from, each ready to be carried out."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.daily import read_daily
from contract_tests.examples.subject import Subject


def runs_of(subject: Subject) -> Iterator[Run]:
    """Every example of a carrier that something can be derived from, its daily files among them."""
    for file in subject.files:
        for example in file.examples:
            if example.gives_cases:
                yield Run(file, example, subject)
    for check in read_daily(subject)[0]:
        data: Any = check.prove
        yield Run(check.run.file, replace(check.run.example, request=data.file), subject)
