"""Which addresses a call may end at: public ones, and others only as far as the console was told.

The ranges are those of the IANA registries of special-purpose addresses (RFC 6890) for IPv4. Of IPv6 only global
unicast (2000::/3) is public, less what the registry takes out of it.
"""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_PRIVATE_4 = [IPv4Network(text) for text in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")]
_CLOSED_4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
_LOOPBACK_4 = IPv4Network("127.0.0.0/8")
_PRIVATE_6 = IPv6Network("fc00::/7")
_GLOBAL_6 = IPv6Network("2000::/3")
# Teredo and other protocols' own, documentation (twice), AS112, and 6to4, which hides an IPv4 address.
_CLOSED_6 = [
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20", "2620:4f:8000::/48", "2002::/16")
]
_NAT64 = IPv6Network("64:ff9b::/96")


class Reach(StrEnum):
    """How far calls may go: PUBLIC to the internet only; LOOPBACK also to this machine, by one of its own names;
    PRIVATE also into private networks, and to this machine by any name.
    """

    PUBLIC = "public"
    LOOPBACK = "loopback"
    PRIVATE = "private"


class Kind(StrEnum):
    """What an address is. CLOSED is what no platform can live at: link-local, multicast, reserved."""

    PUBLIC = "public"
    LOOPBACK = "loopback"
    PRIVATE = "private"
    CLOSED = "closed"


def kind_of(address: str) -> Kind:
    """Tell what an IP address is; one that carries an IPv4 address is what that one is. Raise ValueError for a name."""
    parsed = ip_address(address)
    return _kind_of_4(parsed) if isinstance(parsed, IPv4Address) else _kind_of_6(parsed)


def may_call(address: str, *, reach: Reach, is_own_name: bool) -> bool:
    """Whether a call may end at the address. `is_own_name`: the endpoint names this machine, and has to mean it."""
    kind = kind_of(address)
    if is_own_name:
        return kind is Kind.LOOPBACK and reach is not Reach.PUBLIC
    return kind is Kind.PUBLIC or (reach is Reach.PRIVATE and kind is not Kind.CLOSED)


def _kind_of_4(address: IPv4Address) -> Kind:
    if address in _LOOPBACK_4:
        return Kind.LOOPBACK
    if any(address in network for network in _PRIVATE_4):
        return Kind.PRIVATE
    return Kind.CLOSED if any(address in network for network in _CLOSED_4) else Kind.PUBLIC


def _kind_of_6(address: IPv6Address) -> Kind:
    if address.ipv4_mapped:
        return _kind_of_4(address.ipv4_mapped)
    if address in _NAT64:
        return _kind_behind_nat64(address)
    if address == IPv6Address("::1"):
        return Kind.LOOPBACK
    if address in _PRIVATE_6:
        return Kind.PRIVATE
    is_public = address in _GLOBAL_6 and not any(address in network for network in _CLOSED_6)
    return Kind.PUBLIC if is_public else Kind.CLOSED


def _kind_behind_nat64(address: IPv6Address) -> Kind:
    """Behind the well-known prefix only public addresses may stand (RFC 6052, 3.1)."""
    behind = _kind_of_4(IPv4Address(int(address) & 0xFFFFFFFF))
    return behind if behind is Kind.PUBLIC else Kind.CLOSED
