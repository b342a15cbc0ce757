"""What must hold of a console as a whole after a run: silent logs, no secret anywhere, no limit exceeded."""

import re
from collections.abc import Iterable

from console.models import AuditEntry, Operation
from tests.faults.judge import Verdict
from tests.faults.world import World

# I6, C7: what a person would have seen as an error without a name.
ALARMS = re.compile(r"Traceback|database is locked|deadlock detected|Internal Server Error")
WHOLE = "the console as a whole"


def verdict_on(world: World, pages: Iterable[str]) -> Verdict:
    logs = world.logs()
    wrong = [*_alarms(logs), *_leaks(world, logs, pages), *_throttled(world), *_untold()]
    return Verdict(cell=WHOLE, trouble=WHOLE, ended="", wrong=wrong)


def _alarms(logs: str) -> list[str]:
    places = [slice(max(0, found.start() - 200), found.end() + 1500) for found in ALARMS.finditer(logs)]
    return [f"a log says: {logs[place]}" for place in places[:3]]


def _leaks(world: World, logs: str, pages: Iterable[str]) -> list[str]:
    """I7: no secret in a log, on a page, in the trail."""
    places = {"a log": logs, "a page": "\n".join(pages), "the trail": _trail()}
    secrets = [secret for secret in world.secrets if secret]
    return [f"a secret in {name}" for name, text in places.items() if any(secret in text for secret in secrets)]


def _trail() -> str:
    return "\n".join(AuditEntry.objects.values_list("record", flat=True))


def _throttled(world: World) -> list[str]:
    """I8: the platform throttled nobody but where it was told to."""
    calls = [call for platform in world.platforms for call in platform.calls()]
    found = [call for call in calls if call["outcome"].startswith("Throttling") and not call["fault"]]
    return [f"throttled: {call}" for call in found[:3]]


def _untold() -> list[str]:
    """I4: every operation that has ended is told of, and nothing is told of an operation that is not there."""
    there = {str(key) for key in Operation.objects.values_list("pk", flat=True)}
    told = set(AuditEntry.objects.exclude(operation_id="").values_list("operation_id", flat=True))
    return [f"{len(there ^ told)} operations and stories without each other"] if there ^ told else []
