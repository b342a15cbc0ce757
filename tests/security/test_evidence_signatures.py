"""The verifier's own Ed25519 against RFC 8032 and against the library that signs."""

import importlib.util
from types import ModuleType

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.security.packs import VERIFIER

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = {
    "TEST 1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    "TEST 2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "TEST 3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
}
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.fixture(scope="module")
def verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify", VERIFIER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", VECTORS)
def test_the_vectors_of_the_standard(verifier: ModuleType, case: str):
    key, message, signature = (bytes.fromhex(text) for text in VECTORS[case])
    assert verifier.is_signed(key, message, signature)
    assert not verifier.is_signed(key, message + b"!", signature)


@settings(max_examples=25)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200), bit=st.integers(0, 511))
def test_it_takes_what_the_library_signs_and_no_changed_bit(
    verifier: ModuleType, seed: bytes, message: bytes, bit: int
):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert verifier.is_signed(key, message, signature)
    changed = (int.from_bytes(signature, "little") ^ 1 << bit).to_bytes(64, "little")
    assert not verifier.is_signed(key, message, changed)


@settings(max_examples=25)
@given(key=st.binary(min_size=32, max_size=32), signature=st.binary(min_size=64, max_size=64))
def test_it_judges_rubbish_as_the_library_does(verifier: ModuleType, key: bytes, signature: bytes):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, b"message")
        expected = True
    except (InvalidSignature, ValueError):
        expected = False
    assert verifier.is_signed(key, b"message", signature) == expected


def test_a_second_spelling_of_a_signature_is_none(verifier: ModuleType):
    key, message, signature = (bytes.fromhex(text) for text in VECTORS["TEST 2"])
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not verifier.is_signed(key, message, signature[:32] + scalar.to_bytes(32, "little"))
    assert not verifier.is_signed(key, message, signature + b"\0")
    assert not verifier.is_signed(key, message, signature[:63])
