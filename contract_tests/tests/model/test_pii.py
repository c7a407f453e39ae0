"""Every field has a class, and what is personal is marked where it stands."""

import re
from typing import Annotated

import msgspec
import pytest

from gateway.model import OPERATIONS, PersonalText, PiiClass, SensitiveText
from gateway.model.kinds import Scalar
from gateway.model.pii import pii_of_annotation
from gateway.model.reflect import describe, leaves

MESSAGES = [cls for row in OPERATIONS.values() for cls in (row.body, row.request, row.result, row.view)]

# Words that betray a personal value, wherever a field of such a name appears.
TELLING = re.compile(
    r"(^|_)(email|phone|birth_date|gender|vin|plate|licence_no|serial|imei|holder|ip|device|buyer|content|line|line2)$"
)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (str, "none"),
        (PersonalText, "personal"),
        (PersonalText | None, "personal"),
        (tuple[SensitiveText, ...], "sensitive"),
        (dict[str, SensitiveText], "sensitive"),
        (PersonalText | SensitiveText, "sensitive"),
        (Annotated[str, msgspec.Meta(min_length=1)], "none"),
    ],
)
def test_the_strictest_class_of_an_annotation_counts(annotation, expected):
    assert pii_of_annotation(annotation) is PiiClass(expected)


@pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: cls.__name__)
def test_a_field_whose_name_betrays_a_person_has_a_class(cls):
    bare = {
        ".".join(path)
        for path, field in leaves(describe(cls))
        if field.pii is PiiClass.none and isinstance(field.type, Scalar) and TELLING.search(path[-1])
    }
    assert bare == set()


def test_the_number_of_an_identity_document_is_more_than_personal():
    fields = dict(leaves(describe(OPERATIONS["policy.issue"].request)))
    assert fields["policyholder", "id_docs", "0", "number"].pii is PiiClass.sensitive
    assert fields["policyholder", "bank_account", "number"].pii is PiiClass.sensitive


def test_what_a_person_says_about_their_health_is_health():
    fields = dict(leaves(describe(OPERATIONS["policy.issue"].request)))
    assert fields["answers", "0", "value"].pii is PiiClass.health
    assert fields["policyholder", "weight_kg"].pii is PiiClass.health
    assert fields["objects", "0", "person_health", "prior_conditions", "0"].pii is PiiClass.health


def test_a_carriers_words_may_name_somebody():
    fields = dict(leaves(describe(OPERATIONS["policy.issue"].result)))
    assert fields["reasons", "0", "text"].pii is PiiClass.personal
    assert fields["refs",].pii is PiiClass.sensitive


def test_the_words_a_mapping_needs_in_its_report_are_not_personal():
    fields = dict(leaves(describe(OPERATIONS["policy.issue"].request)))
    for path in (("product",), ("plan",), ("client_ref",), ("coverages", "0", "code"), ("expected_premium",)):
        assert fields[path].pii is PiiClass.none
