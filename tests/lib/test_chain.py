"""Vectors that anybody can compute again with `sha256sum` and `openssl dgst -hmac`."""

from hypothesis import given
from hypothesis import strategies as st

from console.lib import chain

FIRST_RECORD = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
SECOND_RECORD = "28656d470286ce04758c3e218418bfa33ccbe2c5d24fb6bbfbc981044ec2c3cc"
FIRST = "961af672d320bfb80e482edf9e092930b12b6f10f28ac4913d1d64c49219da68"
SECOND = "d39c216a7b4f135d6acad1a150412196f6466da3efd92eca4f8024f0c4ae8a27"


def test_a_record_is_hashed_as_its_utf_8_bytes():
    assert chain.record_hash("{}") == FIRST_RECORD
    assert chain.record_hash("灯") == SECOND_RECORD


def test_each_entry_is_chained_to_the_one_before():
    assert chain.chain_hash(chain.GENESIS, FIRST_RECORD) == FIRST
    assert chain.chain_hash(FIRST, SECOND_RECORD) == SECOND


def test_the_seal_needs_the_key():
    assert chain.seal(b"k" * 32, FIRST) == "3560d78b13cd66c20a6849c45e20ab9de9bdf29652723a6c04ec0a01a2e347cf"
    assert chain.seal(b"l" * 32, FIRST) != chain.seal(b"k" * 32, FIRST)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_the_quick_seal_is_the_seal(key: bytes, of_chain: bytes):
    inner, outer = chain.sealing_hashes(key)
    inner.update(of_chain)
    outer.update(inner.digest())
    assert outer.hexdigest() == chain.seal(key, of_chain.hex())


def test_an_anchor_signs_its_number_hash_and_moment():
    text = chain.anchor_text(sequence=7, chain_hash="ab" * 32, at="2026-11-23T08:00:00.000000+00:00")
    assert text == '{"at":"2026-11-23T08:00:00.000000+00:00","chain_hash":"' + "ab" * 32 + '","sequence":7}'
