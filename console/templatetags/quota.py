"""How a wait for the quota is put in words."""

import math

from django import template

register = template.Library()


@register.filter
def wait_words(seconds: float) -> str:
    """Say how long a call would wait: "at once", "about 2 s"."""
    return f"about {math.ceil(seconds)} s" if seconds > 0 else "at once"
