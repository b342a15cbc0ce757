"""How often something is done by itself: one of a few paces, or not at all."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django_q.models import Schedule

from console.services import schedules

UNITS = ((schedules.DAY, "day"), (schedules.HOUR, "hour"), (schedules.MINUTE, "minute"), (1, "second"))


def in_words(pace: timedelta) -> str:
    """Say "every hour", "every 30 minutes": in the largest unit that divides it."""
    seconds = int(pace.total_seconds())
    unit, word = next((unit, word) for unit, word in UNITS if seconds % unit == 0)
    count = seconds // unit
    return f"every {word}" if count == 1 else f"every {count} {word}s"


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    every_s = forms.TypedChoiceField(label="How often", coerce=int, empty_value=None, required=False)

    class Meta:
        model = Schedule
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        job = schedules.JOBS[self.instance.name]
        field = cast("forms.TypedChoiceField", self.fields["every_s"])
        field.required = not job.may_stop
        off = [("", "off")] if job.may_stop else []
        field.choices = off + [(every_s, in_words(timedelta(seconds=every_s))) for every_s in job.paces_s]
        self.initial["every_s"] = self._present()

    def _present(self) -> int | None:
        is_on = schedules.is_on(self.instance)
        return int(schedules.get_pace(self.instance).total_seconds()) if is_on else None
