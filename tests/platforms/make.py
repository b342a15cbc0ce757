"""Makers of what the tests of the platforms need."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from console.platforms.client import PlatformClient
from console.platforms.types import (
    Connection,
    Credentials,
    ModuleSpec,
    Platform,
    ProductSpec,
    SignatureScheme,
    Timeouts,
)

KEY_ID = "LTAItestkeyid"
SECRET = "a+secret/of=the~tests"
CREDENTIALS = Credentials(access_key_id=KEY_ID, access_key_secret=SECRET)
QUICK = Timeouts(connect_s=0.5, read_s=0.4, total_s=0.8)
DONE = {"RequestId": "29EC7245-0FA4-4BB6-B4F5-5F04818FDFB1", "Success": True}


def make_connection(endpoint: str, **changes: Any) -> Connection:
    given: dict[str, Any] = {
        "platform": Platform.ALIBABA,
        "endpoint": endpoint,
        "region": "cn-shanghai",
        "scheme": SignatureScheme.ACS3,
        "timeouts": QUICK,
    }
    return Connection(**(given | changes))


def make_client(endpoint: str, **changes: Any) -> PlatformClient:
    return PlatformClient(make_connection(endpoint, **changes), CREDENTIALS)


def make_tuya_client(endpoint: str, **changes: Any) -> PlatformClient:
    tuya = {"platform": Platform.TUYA, "region": "", "scheme": SignatureScheme.RPC_V1}
    return make_client(endpoint, **(tuya | changes))


def make_product(**changes: Any) -> ProductSpec:
    given: dict[str, Any] = {
        "product_name": "Light",
        "node_type": 0,
        "aliyun_commodity_code": "iothub_senior",
        "data_format": 1,
        "net_type": "WIFI",
    }
    return ProductSpec(**(given | changes))


def make_module(**changes: Any) -> ModuleSpec:
    return ModuleSpec(**({"product_key": "a1FlqIQ0000", "module_name": "barcodeScanner"} | changes))


def make_tls_context(folder: Path) -> ssl.SSLContext:
    """A server context with a certificate for 127.0.0.1 that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "loopback.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
