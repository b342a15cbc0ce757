"""An environment for checks and tests that depends neither on `.env` nor on what is exported."""

import os
import re
import secrets

from bin.tools import ROOT
from bin.tools.env_file import NEWER, random_key


def setting_names() -> set[str]:
    """Return the name of every setting: `.env.example` lists them, used ones and commented ones."""
    example = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))


def make() -> dict[str, str]:
    """Return this process's environment without any setting of the console, and with throwaway keys."""
    settings = setting_names()
    inherited = {name: value for name, value in os.environ.items() if name not in settings}
    keys = {"SECRET_KEY": secrets.token_urlsafe(50), "SEAL_KEYS": random_key()} | {name: random_key() for name in NEWER}
    return inherited | keys | {"ENV_FILE": os.devnull}
