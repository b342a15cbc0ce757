"""Groups, which carry the roles: what changes of them is told."""

from django.contrib.auth.models import Group

from console.models import Outcome, User
from console.services import audit


def get_name(group_id: str | int) -> str:
    """The name of a group, empty when there is none."""
    return Group.objects.filter(pk=group_id).values_list("name", flat=True).first() or ""


def tell(group: Group, *, before: str, actor: User) -> None:
    """Tell that a group was made or has another name, inside the transaction of it; `before` is empty for a new one."""
    action, parameters = "group.create", {"name": group.name}
    if before:
        action, parameters = "group.update", {"before name": before, "after name": group.name}
    audit.append(audit.Event(action=action, outcome=Outcome.DONE, actor=actor, target=group, parameters=parameters))
