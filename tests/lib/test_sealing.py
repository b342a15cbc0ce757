import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from console.lib.sealing import SealBrokenError, Sealer

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))
PLACE = "account.access_key_secret:1"


@given(st.text(), st.text())
def test_what_is_sealed_opens_at_its_place(secret: str, place: str):
    sealer = Sealer([NEW])
    assert sealer.open(sealer.seal(secret, place=place), place=place) == secret


def test_the_ciphertext_shows_neither_secret_nor_place_and_is_new_each_time():
    sealer = Sealer([NEW])
    one, other = sealer.seal("canary", place=PLACE), sealer.seal("canary", place=PLACE)
    assert one != other
    assert "canary" not in one
    assert "account" not in one


@pytest.mark.parametrize("place", ["account.access_key_secret:2", "product.product_secret:1", ""])
def test_a_ciphertext_that_was_moved_does_not_open(place: str):
    sealer = Sealer([NEW])
    with pytest.raises(SealBrokenError, match="another place"):
        sealer.open(sealer.seal("canary", place=PLACE), place=place)


def test_after_a_rotation_the_old_ciphertext_still_opens_and_the_new_key_seals():
    before = Sealer([OLD]).seal("canary", place=PLACE)
    rotated = Sealer([NEW, OLD])
    assert rotated.open(before, place=PLACE) == "canary"
    assert Sealer([NEW]).open(rotated.seal("canary", place=PLACE), place=PLACE) == "canary"


def test_a_wrong_key_does_not_open_and_the_error_names_no_secret():
    with pytest.raises(SealBrokenError) as caught:
        Sealer([FOREIGN]).open(Sealer([NEW]).seal("canary", place=PLACE), place=PLACE)
    assert "canary" not in str(caught.value)
    assert NEW not in str(caught.value)


@given(st.text())
def test_garbage_does_not_open(garbage: str):
    with pytest.raises(SealBrokenError):
        Sealer([NEW]).open(garbage, place=PLACE)


@pytest.mark.parametrize("position", [0, 10, 40, -2])
def test_an_altered_ciphertext_does_not_open(position: int):
    sealed = bytearray(Sealer([NEW]).seal("canary", place=PLACE).encode())
    sealed[position] = ord("A") if sealed[position] != ord("A") else ord("B")
    with pytest.raises(SealBrokenError):
        Sealer([NEW]).open(sealed.decode(), place=PLACE)


@pytest.mark.parametrize("content", [b"null", b"1", b'"text"', b"[]", b"[1]", b'["a","b","c"]', b"{}", b"\xff", b""])
def test_a_ciphertext_of_another_make_does_not_open(content: bytes):
    with pytest.raises(SealBrokenError):
        Sealer([NEW]).open(Fernet(NEW).encrypt(content).decode(), place=PLACE)


def test_what_is_renewed_opens_with_the_newest_key_alone():
    before = Sealer([OLD]).seal("canary", place=PLACE)
    renewed = Sealer([NEW, OLD]).renew(before, place=PLACE)
    assert renewed
    assert Sealer([NEW]).open(renewed, place=PLACE) == "canary"
    assert Sealer([NEW, OLD]).renew(renewed, place=PLACE) is None


@pytest.mark.parametrize("place", ["account.access_key_secret:2", ""])
def test_what_was_moved_is_not_renewed_at_its_new_place(place: str):
    with pytest.raises(SealBrokenError, match="another place"):
        Sealer([NEW, OLD]).renew(Sealer([OLD]).seal("canary", place=PLACE), place=place)


def test_what_does_not_open_is_not_renewed():
    with pytest.raises(SealBrokenError):
        Sealer([NEW, OLD]).renew(Sealer([FOREIGN]).seal("canary", place=PLACE), place=PLACE)
