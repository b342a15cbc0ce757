"""A small OpenID Connect provider on loopback: discovery, authorize, token with PKCE, RS256 keys, user info."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "ota-console", "a-client-secret"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Person:
    """Who sits at the provider, and what it says of them; `id_token` overrides claims there."""

    claims: dict[str, Any]
    id_token: dict[str, Any] = field(default_factory=dict)
    user_info: dict[str, Any] = field(default_factory=dict)


class Provider:
    def __init__(self) -> None:
        self.key = self.signing_key = new_key()
        self.person = Person(claims={})
        self.algorithm, self.names_key = "RS256", True
        self.asked: list[dict[str, str]] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def reset(self) -> None:
        self.signing_key = self.key
        self.algorithm, self.names_key = "RS256", True
        self.person = Person(claims={"sub": "u-1", "preferred_username": "lin.wei", "groups": []})
        self.asked.clear()

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "k1", "alg": "RS256", "use": "sig"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Sign the person in without a question; where the browser goes next."""
        self.asked.append(asked)
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code; None when the code, the secret or the verifier is wrong."""
        asked = self.codes.pop(form.get("code", ""), None)
        if not asked or form.get("client_secret") != CLIENT_SECRET or not is_answer(form, asked["code_challenge"]):
            return None
        return {"access_token": "a-token", "token_type": "Bearer", "id_token": self.id_token(asked)}

    def id_token(self, asked: dict[str, str]) -> str:
        """What answers the request: with its nonce, as OpenID Connect demands when there is one."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked.get("nonce")}
        return self.signed(claims | self.person.claims | self.person.id_token)

    def signed(self, claims: dict[str, Any]) -> str:
        """As it should be, or in one of the ways in which a verifier was fooled before."""
        if self.algorithm == "none":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "k1"})
        if self.algorithm == "HS256":  # with what everybody knows as the secret
            return hmac_signed(claims, json.dumps(self.keys()["keys"][0]).encode())
        headers = {"kid": "k1"} if self.names_key else {}
        return jwt.encode(claims, self.signing_key, algorithm="RS256", headers=headers)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                """Quiet."""

            def do_GET(self) -> None:
                path, asked = urlsplit(self.path).path, flat(urlsplit(self.path).query)
                if path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(asked))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                answers = {
                    "/.well-known/openid-configuration": provider.discovery,
                    "/jwks": provider.keys,
                    "/userinfo": lambda: provider.person.claims | provider.person.user_info,
                }
                self.answer(answers[path]())

            def do_POST(self) -> None:
                self.answer(provider.token(flat(self.rfile.read(int(self.headers["Content-Length"])).decode())))

            def answer(self, body: dict[str, Any] | None) -> None:
                content = json.dumps(body or {"error": "invalid_grant"}).encode()
                self.send_response(200 if body else 400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler


def flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def hmac_signed(claims: dict[str, Any], secret: bytes) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT", "kid": "k1"}, claims)]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    seal = hmac.new(secret, text, hashlib.sha256).digest()
    return (text + b"." + base64.urlsafe_b64encode(seal).rstrip(b"=")).decode()


def is_answer(form: dict[str, str], challenge: str) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
