"""Every setting is read somewhere and has its line in .env.example and its row in the README."""

import re

from bin.tools import ROOT
from bin.tools.clean_environment import setting_names

READERS = [
    "console/settings.py",
    "console/env.py",
    "console/env_sign_in.py",
    "bin/tools/options.py",
    "bin/tools/env_file.py",
]
TYPED = (
    r"required|text|seal_keys|random_key|positive|flag|whole|log_level|anchor_\w+|retention_days|archive_folder"
    r"|roles|role_map|breached_passwords|factor_words|issuer|_number|_flag"
)
READ = rf'(?:env(?:iron)?\.\w+|{TYPED})\(\s*"([A-Z][A-Z0-9_]+)"'


def test_every_setting_is_documented():
    rows = re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(setting_names())


def test_every_documented_setting_is_read():
    read = {name for path in READERS for name in re.findall(READ, (ROOT / path).read_text())}
    assert read == setting_names()
