"""The interface under generated requests: no 500, no undocumented status, no answer off its schema."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from gateway.api import document

ADDRESSES = [(method, path) for path, item in document()["paths"].items() for method in item]
V1 = [(method, path) for method, path in ADDRESSES if path.startswith("/v1")]
KEY = {"Authorization": "Bearer key-of-everything"}
# A schema cannot say everything (shares that add up, one of three references): a 422 for what fits it is no fault.
EXCLUDED = [positive_data_acceptance]


def _ask(app, method: str, path: str, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method.upper()].as_strategy(generation_mode=mode))
    def ask(case):
        case.call_and_validate(headers=KEY, excluded_checks=EXCLUDED)

    ask()


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_requests_that_fit_the_document_are_answered_as_documented(method, path, insurer, open_shop):
    _ask(open_shop(insurer).app, method, path, GenerationMode.POSITIVE)


@pytest.mark.parametrize(("method", "path"), V1)
def test_requests_that_do_not_fit_the_document_are_refused_as_documented(method, path, insurer, open_shop):
    _ask(open_shop(insurer).app, method, path, GenerationMode.NEGATIVE)
