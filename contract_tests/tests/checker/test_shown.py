"""What must never be shown is found where it is shown; and a carrier that hangs is no excuse for the others."""

from contract_tests.checker.shown import nothing_personal, sick_carrier_slows_no_other

PERSONAL = {"王伟芳", "999999197101010016", "13900007001", "buyer1@torture.example", "样例路2号"}
SECRETS = {"sk-0123456789abcdef"}


def shown(text):
    return [found.text for found in nothing_personal([("gateway.log", text)], PERSONAL, SECRETS)]


def test_a_log_without_anybody_in_it_is_in_order():
    assert shown('{"event":"request","operation":"policy.issue","status":201}') == []


def test_a_name_a_number_or_a_phone_in_a_log_is_found_even_glued_or_escaped():
    assert shown("holder 王伟芳 was declined") == ["shows a planted value: 王伟芳"]
    assert shown(r'{"detail":"\u738b\u4f1f\u82b3"}') == ["shows a planted value: 王伟芳"]
    assert shown("id=999999197101010016X") == ["shows a planted value: 999999197101010016"]
    assert shown("mail buyer1@torture.example,") == ["shows a planted value: buyer1@torture.example"]


def test_a_secret_is_found_and_not_repeated():
    (text,) = shown("Authorization: Bearer sk-0123456789abcdef")
    assert "sk-" not in text


def test_other_carriers_may_take_as_long_as_before_and_no_longer():
    assert sick_carrier_slows_no_other([0.1] * 9, [0.2] * 9) == []
    (found,) = sick_carrier_slows_no_other([0.1] * 9, [1.0] * 9)
    assert found.invariant == "V3"
