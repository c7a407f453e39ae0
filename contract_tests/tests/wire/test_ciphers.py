"""Ciphers against the vectors of their standards, and what is refused before a byte is sealed or read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateway.wire
from gateway.wire import CannotSend, Secret, Unreadable, cipher_iv, cipher_key, filled, iv_head, unfilled
from gateway.wire.cipher import CIPHERS, KEY_FORMS, PADS, plan_cipher

# SP 800-38A: the four blocks of every example, and the keys of appendix F.
BLOCKS = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
KEYS = {
    "aes-128": "2b7e151628aed2a6abf7158809cf4f3c",
    "aes-192": "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
    "aes-256": "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
}
COUNTING = bytes(range(16))
SP_800_38A = {
    "aes-128-ecb": "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
    "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4",
    "aes-192-ecb": "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef"
    "ef7afd2270e2e60adce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e",
    "aes-256-ecb": "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
    "b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7",
    "aes-128-cbc": "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
    "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
    "aes-192-cbc": "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
    "571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd",
    "aes-256-cbc": "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
    "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
}

NOW_IS_THE_TIME = b"Now is the time for all "
QUICK = bytes.fromhex("54686520717566636b2062726f776e20666f78206a756d70")
TRIPLE_KEY = "0123456789abcdef23456789abcdef01456789abcdef0123"
TRIPLE = "a826fd8ce53b855fcce21c8112256fe668d5c05dd9b6b900"


def functions(algo):
    spec = CIPHERS[algo]
    return getattr(gateway.wire, spec.seal), getattr(gateway.wire, spec.open)


@pytest.mark.parametrize("algo", SP_800_38A)
def test_aes_answers_as_sp_800_38a_says_both_ways(algo):
    seal, opened = functions(algo)
    iv = (COUNTING,) if algo.endswith("cbc") else ()
    key, sealed = bytes.fromhex(KEYS[algo[:7]]), bytes.fromhex(SP_800_38A[algo])
    assert seal(key, *iv, BLOCKS) == sealed
    assert opened(key, *iv, sealed) == BLOCKS


def test_des_answers_as_fips_81_says_both_ways():
    key, iv = bytes.fromhex("0123456789abcdef"), bytes.fromhex("1234567890abcdef")
    ecb = bytes.fromhex("3fa40e8a984d48156a271787ab8883f9893d51ec4b563b53")
    cbc = bytes.fromhex("e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6")
    seal, opened = functions("des-ecb")
    assert (seal(key, NOW_IS_THE_TIME), opened(key, ecb)) == (ecb, NOW_IS_THE_TIME)
    seal, opened = functions("des-cbc")
    assert (seal(key, iv, NOW_IS_THE_TIME), opened(key, iv, cbc)) == (cbc, NOW_IS_THE_TIME)


def test_triple_des_answers_as_sp_800_67_says_and_chains_as_sp_800_38a_says():
    key, sealed = bytes.fromhex(TRIPLE_KEY), bytes.fromhex(TRIPLE)
    seal, opened = functions("des3-ecb")
    assert (seal(key, QUICK), opened(key, sealed)) == (sealed, QUICK)
    chain, unchain = functions("des3-cbc")
    # In CBC a block is sealed after the sealed one before it was added to it: told here by ECB's own vectors.
    iv = bytes(8)
    first = chain(key, iv, QUICK[:8])
    second = bytes(a ^ b for a, b in zip(QUICK[8:16], first, strict=True))
    assert first == sealed[:8]
    assert chain(key, iv, QUICK[:16]) == first + seal(key, second)
    assert unchain(key, iv, first + seal(key, second)) == QUICK[:16]


def test_two_key_triple_des_takes_the_first_key_again_and_one_key_thrice_is_des():
    two = bytes.fromhex(TRIPLE_KEY)[:16]
    seal, _ = functions("des3-ecb")
    assert seal(two, QUICK) == seal(two + two[:8], QUICK)
    single, _ = functions("des-ecb")
    assert single(two[:8], QUICK) == seal(two[:8] * 3, QUICK)


GCM_PLAIN = bytes.fromhex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
)
GCM_IV, GCM_AAD = bytes.fromhex("cafebabefacedbaddecaf888"), bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
GCM_KEY = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
# Cases 4, 10 and 16 of the specification of GCM that SP 800-38D stands on: sealed bytes, then the tag.
GCM = {
    "aes-128-gcm": (
        (
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
            "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
        ),
        "5bc94fbc3221a5db94fae95ae7121a47",
    ),
    "aes-192-gcm": (
        (
            "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c"
            "7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710"
        ),
        "2519498e80f1478f37ba55bd6d27618c",
    ),
    "aes-256-gcm": (
        (
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        ),
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ),
}


@pytest.mark.parametrize("algo", GCM)
def test_gcm_answers_as_its_specification_says_with_the_tag_behind_or_before(algo):
    seal, opened = functions(algo)
    key = bytes.fromhex(GCM_KEY)[: CIPHERS[algo].key_sizes[0]]
    sealed, tag = map(bytes.fromhex, GCM[algo])
    assert seal(key, GCM_IV, GCM_PLAIN, GCM_AAD) == sealed + tag
    assert seal(key, GCM_IV, GCM_PLAIN, GCM_AAD, tag_first=True) == tag + sealed
    assert opened(key, GCM_IV, sealed + tag, GCM_AAD) == GCM_PLAIN
    assert opened(key, GCM_IV, tag + sealed, GCM_AAD, tag_first=True) == GCM_PLAIN


@pytest.mark.parametrize("at", range(0, 76, 15))
def test_one_bit_changed_anywhere_makes_a_gcm_message_unreadable(at):
    _, opened = functions("aes-128-gcm")
    key = bytes.fromhex(GCM_KEY)[:16]
    whole = bytearray(b"".join(map(bytes.fromhex, GCM["aes-128-gcm"])))
    whole[at] ^= 1
    with pytest.raises(Unreadable):
        opened(key, GCM_IV, bytes(whole), GCM_AAD)
    with pytest.raises(Unreadable):
        opened(key, GCM_IV, b"short", GCM_AAD)


# RFC 5652 section 6.3 with blocks of 16.
def test_pkcs7_fills_with_its_own_length_and_a_full_block_is_followed_by_another():
    assert filled(b"abc", "pkcs7", 16) == b"abc" + bytes([13]) * 13
    assert filled(bytes(16), "pkcs7", 16) == bytes(16) + bytes([16]) * 16
    assert filled(b"", "pkcs7", 8) == bytes([8]) * 8


@pytest.mark.parametrize("data", [b"", bytes(16), b"x" * 15 + b"\x11", b"x" * 14 + b"\x02\x03", b"y" * 16])
def test_wrong_pkcs7_filling_is_unreadable(data):
    with pytest.raises(Unreadable):
        unfilled(data, "pkcs7", 16)


@given(st.binary(max_size=100), st.sampled_from(sorted(CIPHERS)))
def test_what_is_padded_and_sealed_is_opened_again(data, algo):
    spec = CIPHERS[algo]
    seal, opened = functions(algo)
    if not spec.key_sizes:
        return
    key = bytes(range(1, spec.key_sizes[0] + 1))
    iv = tuple(bytes(size) for size in spec.iv_sizes[:1])
    whole = filled(data, "pkcs7", spec.block) if spec.block else data
    back = opened(key, *iv, seal(key, *iv, whole))
    assert (unfilled(back, "pkcs7", spec.block) if spec.block else back) == data


def test_zero_filling_adds_nothing_to_a_full_block_and_none_never_does():
    assert filled(b"abc", "zero", 8) == b"abc" + bytes(5)
    assert filled(b"12345678", "zero", 8) == b"12345678" == filled(b"12345678", "none", 8)
    assert unfilled(b"abc" + bytes(5), "zero", 8) == b"abc"


def test_spaces_fill_the_last_block_and_nothing_else():
    assert filled(b"<a/>", "space", 8) == b"<a/>    "
    assert filled(b"12345678", "space", 8) == b"12345678"
    assert unfilled(b"<a> </a>  ", "space", 8) == b"<a> </a>"
    assert unfilled(b"abc\0 ", "space", 8) == b"abc\0"


@pytest.mark.parametrize("algo", [algo for algo, spec in CIPHERS.items() if spec.block])
def test_bytes_that_are_no_whole_blocks_are_refused_both_ways(algo):
    spec = CIPHERS[algo]
    seal, opened = functions(algo)
    arguments = (bytes(range(spec.key_sizes[0])), *(bytes(size) for size in spec.iv_sizes))
    with pytest.raises(CannotSend):
        seal(*arguments, b"odd")
    with pytest.raises(Unreadable):
        opened(*arguments, b"odd")


@pytest.mark.parametrize(
    ("form", "text", "key"),
    [
        ("utf-8", "0123456789abcdef", b"0123456789abcdef"),
        ("utf-8", "0123456789abcdef\n", b"0123456789abcdef"),
        ("hex", "30313233343536373839616263646566", b"0123456789abcdef"),
        ("base64", "MDEyMzQ1Njc4OWFiY2RlZg==", b"0123456789abcdef"),
        ("md5", "abc", bytes.fromhex("900150983cd24fb0d6963f7d28e17f72")),
        # What KeyGenerator.getInstance("AES") of a Java runtime made of SecureRandom "SHA1PRNG" seeded with "abc".
        ("sha1prng", "abc", bytes.fromhex("0d3ced9bec10a777aec23ccc353a8c08")),
    ],
)
def test_a_key_is_read_as_the_mapping_says(form, text, key):
    assert cipher_key(Secret(text), form, (16,)) == key
    assert form in KEY_FORMS


@pytest.mark.parametrize(("form", "text"), [("utf-8", "short"), ("hex", "zz"), ("base64", "***"), ("hex", "00" * 17)])
def test_a_key_that_does_not_fit_is_refused_and_never_shown(form, text):
    with pytest.raises(CannotSend) as caught:
        cipher_key(Secret(text), form, (16,))
    assert text not in str(caught.value)


def test_an_iv_of_the_wrong_length_is_refused_and_one_that_is_not_there_is_unreadable():
    assert cipher_iv("00" * 12, "hex", (12, 16)) == bytes(12)
    with pytest.raises(CannotSend):
        cipher_iv(Secret("abc"), "utf-8", (16,))
    with pytest.raises(Unreadable):
        cipher_iv(None, "utf-8", (16,))
    assert iv_head(b"0123456789", 4) == (b"0123", b"456789")
    with pytest.raises(Unreadable):
        iv_head(b"012", 4)


def test_every_row_names_functions_that_generated_modules_can_import():
    for spec in CIPHERS.values():
        assert callable(getattr(gateway.wire, spec.seal))
        assert callable(getattr(gateway.wire, spec.open))
        assert {spec.seal, spec.open} <= set(gateway.wire.__all__)
    with pytest.raises(ValueError, match="known: aes-128-ecb"):
        plan_cipher("aes-1024-ecb")
    assert PADS == ("pkcs7", "zero", "space", "none")
