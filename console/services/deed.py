"""What the console must know of an action to carry it out, and to find out about it when its answer got lost."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from console.models import Operation
from console.platforms.client import PlatformClient
from console.platforms.rules import Finding
from console.platforms.types import Answer
from console.services.sightings import Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One action. It works from the operation alone, so that any process can go on with what another began.

    `find_broken` names the rules that stand against it now, with the operation not stored yet. `call` makes the one
    request. `look_up` reads what became of it, and raises PlatformError when the platform does not show enough to
    tell. `apply` writes an answer into the cache and `adopt` a sighting, in the transaction that settles it.
    """

    find_broken: Callable[[Operation], list[Finding]]
    call: Callable[[PlatformClient, Operation], Answer[Any]]
    look_up: Callable[[PlatformClient, Operation], Sighting]
    apply: Callable[[Operation, Any], None]
    adopt: Callable[[Operation, Sighting], None]
