"""The error codes that mean more than "refused" (docs/protocol.md, "Codes"). Compared without case."""

_SURELY_NOTHING_SAID = frozenset(
    {
        # The platform failed on its own side and does not say how far it had come.
        "iot.system.systemexception",
        "iot.system.systemerror",
        "internalerror",
        "serviceunavailable",
        # An earlier copy of this very request came through, and nobody saw its answer.
        "signaturenonceused",
    }
)
_THROTTLED = frozenset({"throttling", "iot.common.toomanyrequest"})


def leaves_open(code: str) -> bool:
    """Whether the code leaves open if the request was carried out."""
    return code.lower() in _SURELY_NOTHING_SAID


def throttles(code: str) -> bool:
    """Whether the code says that there were too many calls: Throttling, Throttling.User and their kin."""
    folded = code.lower()
    return folded in _THROTTLED or folded.startswith("throttling.")


def is_success(code: str) -> bool:
    """Whether the code is one that stands beside success: none, or 200."""
    return code in {"", "200"}
