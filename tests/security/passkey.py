"""A passkey in software: registered as allauth keeps one, and answering any challenge."""

import hashlib
import json
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from console.models import User

ORIGIN, HOST = "https://testserver", b"testserver"
PRESENT, VERIFIED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Passkey:
    """One that belongs to `owner`."""

    def __init__(self, owner: User) -> None:
        self._owner, self._id = owner, hashlib.sha256(owner.username.encode()).digest()
        self._key = ec.generate_private_key(ec.SECP256R1())
        Authenticator.objects.create(user=owner, type="webauthn", data={"name": "Key", "credential": self._made()})

    def answer(self, challenge: str, *, flags: AuthenticatorData.FLAG, owner: User | None = None) -> str:
        """What a browser sends; `owner` is whose passkey it says to be."""
        client = CollectedClientData.create("webauthn.get", challenge, ORIGIN)
        data = AuthenticatorData.create(hashlib.sha256(HOST).digest(), flags, 1)
        signature = self._key.sign(data + client.hash, ec.ECDSA(SHA256()))
        handle = user_pk_to_url_str(owner or self._owner).encode()
        return json.dumps(self._shown(client, authenticatorData=data, signature=signature, userHandle=handle))

    def _made(self) -> dict[str, Any]:
        client = CollectedClientData.create("webauthn.create", b"any", ORIGIN)
        public = AttestedCredentialData.create(bytes(16), self._id, ES256.from_cryptography_key(self._key.public_key()))
        flags = VERIFIED | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(hashlib.sha256(HOST).digest(), flags, 0, public)
        return self._shown(client, attestationObject=AttestationObject.create("none", data, {}))

    def _shown(self, client: bytes, **response: bytes) -> dict[str, Any]:
        told = {name: websafe_encode(value) for name, value in {"clientDataJSON": client, **response}.items()}
        name = websafe_encode(self._id)
        return {"id": name, "rawId": name, "type": "public-key", "response": told, "clientExtensionResults": {}}
