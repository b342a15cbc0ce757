"""How the two platforms differ on the wire."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

ALIBABA_VERSIONS = ("2018-01-20", "2022-01-01")
TUYA_OPERATIONS = frozenset(
    (
        "QueryProduct",
        "QueryProductList",
        "CreateOTAModule",
        "UpdateOTAModule",
        "DeleteOTAModule",
        "ListOTAModuleByProduct",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One platform's manners.

    `operations` None means all; `common` are the mandatory common parameters of RPC v1 beside Action;
    `instances` tells whether IotInstanceId means anything, `blank_code` whether a success carries `Code: ""`.
    """

    name: str
    lower_camel: bool
    blank_code: bool
    instances: bool
    any_method: bool
    acs3: bool
    default_format: str
    common: tuple[str, ...]
    operations: frozenset[str] | None = None

    def offers(self, action: str) -> bool:
        """Tell whether the platform documents this operation."""
        return self.operations is None or action in self.operations

    def new_request_id(self) -> str:
        """Return a fresh RequestId in the letter case of the vendor's samples."""
        text = str(uuid.uuid4())
        return text if self.lower_camel else text.upper()


ALIBABA = Dialect(
    name="alibaba",
    lower_camel=False,
    blank_code=False,
    instances=True,
    any_method=False,
    acs3=True,
    default_format="XML",
    common=(
        "Version",
        "Timestamp",
        "AccessKeyId",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureNonce",
        "Signature",
    ),
)

# Invented: JSON when Format is absent. Tuya's table says XML, each of its examples answers JSON.
TUYA = Dialect(
    name="tuya",
    lower_camel=True,
    blank_code=True,
    instances=False,
    any_method=True,
    acs3=False,
    default_format="JSON",
    common=("Timestamp", "AccessKeyId", "SignatureMethod", "SignatureNonce", "Signature"),
    operations=TUYA_OPERATIONS,
)

BY_NAME = {dialect.name: dialect for dialect in (ALIBABA, TUYA)}
