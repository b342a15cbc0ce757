import pytest

from console.platforms.addresses import Kind, Reach, kind_of, may_call

PUBLIC = ["8.8.8.8", "47.102.1.2", "172.32.0.1", "100.128.0.1", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.127.255.255",
    "fd00::1",
    "fc00::1",
    "::ffff:10.0.0.1",
]
LOOPBACK = ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"]
CLOSED = [
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::a9fe:a9fe",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
]
KINDS = [
    (address, kind)
    for kind, addresses in (
        (Kind.PUBLIC, PUBLIC),
        (Kind.PRIVATE, PRIVATE),
        (Kind.LOOPBACK, LOOPBACK),
        (Kind.CLOSED, CLOSED),
    )
    for address in addresses
]


@pytest.mark.parametrize(("address", "kind"), KINDS)
def test_every_address_has_a_kind(address: str, kind: Kind):
    assert kind_of(address) is kind


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_always_be_called(address: str):
    assert all(may_call(address, reach=reach, is_own_name=False) for reach in Reach)


@pytest.mark.parametrize("address", CLOSED)
def test_a_closed_address_may_never_be_called(address: str):
    assert not any(may_call(address, reach=reach, is_own_name=own) for reach in Reach for own in (True, False))


@pytest.mark.parametrize("address", [*PRIVATE, *LOOPBACK])
def test_a_private_address_takes_the_setting(address: str):
    allowed = {reach for reach in Reach if may_call(address, reach=reach, is_own_name=False)}
    assert allowed == {Reach.PRIVATE}


def test_a_name_of_this_machine_has_to_mean_it():
    allowed = {reach for reach in Reach if may_call("127.0.0.1", reach=reach, is_own_name=True)}
    assert allowed == {Reach.LOOPBACK, Reach.PRIVATE}
    assert not any(may_call("8.8.8.8", reach=reach, is_own_name=True) for reach in Reach)


def test_a_name_is_no_address():
    with pytest.raises(ValueError, match="nowhere"):
        kind_of("nowhere.invalid")
