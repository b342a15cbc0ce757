"""The rules for OTA modules (Alibaba and Tuya: CreateOTAModule, UpdateOTAModule)."""

from collections.abc import Collection

from console.platforms.rules.alphabet import Alphabet
from console.platforms.rules.findings import Finding, error
from console.platforms.rules.names import fold
from console.platforms.types import ModuleSpec, Platform

MAX_CUSTOM_MODULES = 10
DEFAULT_MODULE = "default"
MAX_NAME = 64
MAX_DESC = 100


def check_module(
    platform: Platform, spec: ModuleSpec, *, taken: Collection[str] = (), creating: bool = True
) -> list[Finding]:
    """Find all that is wrong with a module; `taken` are the names the product has already, in any case."""
    found = _check_name(platform, spec.module_name)
    if creating:
        found += _check_new(platform, spec.module_name, taken)
    elif spec.alias_name == "":
        text = f"{platform.title()}: an alias has 1 to {MAX_NAME} characters, so it cannot be emptied."
        found.append(error("alias_name", f"{platform}.alias_name.length", text))
    return found + _check_alias(platform, spec.alias_name or "") + _check_desc(platform, spec.desc or "")


def _check_name(platform: Platform, name: str) -> list[Finding]:
    if not 1 <= len(name) <= MAX_NAME:
        text = f"{platform.title()}: a module name has 1 to {MAX_NAME} characters; this one has {len(name)}."
        return [error("module_name", f"{platform}.module_name.length", text)]
    alphabet = Alphabet(
        field="module_name",
        rule=f"{platform}.module_name",
        subject=f"{platform.title()}: a module name",
        words="letters a to z, digits, “.”, “_” and “-”",
        agreed="._-",
        chinese=False,
        strict=True,
    )
    return alphabet.check(name)


def _check_new(platform: Platform, name: str, taken: Collection[str]) -> list[Finding]:
    if fold(name) == DEFAULT_MODULE:
        text = f"{platform.title()}: “{DEFAULT_MODULE}” is the whole device's firmware and exists already."
        return [error("module_name", f"{platform}.module_name.reserved", text)]
    found = _check_clash(platform, name, taken)
    custom = {fold(other) for other in taken} - {DEFAULT_MODULE}
    if len(custom) >= MAX_CUSTOM_MODULES:
        text = f"{platform.title()}: a product takes {MAX_CUSTOM_MODULES} custom modules; this one is full."
        found.append(error("", f"{platform}.module.count", text))
    return found


def _check_clash(platform: Platform, name: str, taken: Collection[str]) -> list[Finding]:
    clash = next((other for other in sorted(taken) if fold(other) == fold(name)), None)
    if clash is None:
        return []
    text = f"{platform.title()}: the product already has the module “{clash}”"
    text += "." if clash == name else ", and upper and lower case count as the same."
    return [error("module_name", f"{platform}.module_name.unique", text)]


def _check_alias(platform: Platform, alias: str) -> list[Finding]:
    found = []
    if len(alias) > MAX_NAME:
        text = f"{platform.title()}: an alias has at most {MAX_NAME} characters; this one has {len(alias)}."
        found.append(error("alias_name", f"{platform}.alias_name.length", text))
    alphabet = Alphabet(
        field="alias_name",
        rule=f"{platform}.alias_name",
        subject=f"{platform.title()}: an alias",
        words="letters, digits, “.”, “_”, “-” and Chinese characters",
        agreed="._-",
        chinese_disputed=platform is Platform.ALIBABA,
    )
    return found + alphabet.check(alias)


def _check_desc(platform: Platform, desc: str) -> list[Finding]:
    if len(desc) <= MAX_DESC:
        return []
    text = f"{platform.title()}: a description has at most {MAX_DESC} characters; this one has {len(desc)}."
    return [error("desc", f"{platform}.desc.length", text)]
