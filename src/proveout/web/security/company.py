"""Signing in by the company's own provider: OpenID Connect, authorization code with PKCE.

Sources: OpenID Connect Core 1.0 (3.1), RFC 7636 (PKCE), RFC 9207 (the issuer in the answer).
"""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import TypeAdapter, ValidationError

from proveout.errors import NotAllowedError, UnreachableError
from proveout.web.security import accounts
from proveout.web.security.accounts import By
from proveout.web.security.drawing import drawn, is_same, signed
from proveout.web.security.typed import Email, Name
from proveout.web.settings import Oidc, Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

START, BACK = "/sign-in/company", "/sign-in/company/back"
AWAY_AT_MOST_S = 600
"""So long somebody may take at the provider."""
ASK_AGAIN_S = 600
"""What the provider says of itself is believed for so long."""
TIMEOUT_S = 5.0
LEEWAY_S = 60
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
"""With a key of the provider's alone: neither 'none' nor a shared secret."""
_PURPOSE = "away at the company's provider"
_NAME, _EMAIL = TypeAdapter(Name), TypeAdapter(Email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Where a browser is sent, and what its cookie holds until it is back."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom the provider says somebody is."""

    subject: str
    """Unique at one provider, for ever."""
    email: str | None
    """Only where the provider says that it is verified."""
    name: str


class Company:
    """The company's provider, as this dashboard knows it."""

    def __init__(self, oidc: Oidc, settings: Settings) -> None:
        self._oidc, self._settings = oidc, settings
        self._known: tuple[float, dict[str, Any]] | None = None
        self._lock = threading.Lock()

    def leave(self, goes_to: str, now: datetime) -> Leaving:
        """Send somebody to the provider. Raises UnreachableError."""
        kept = {
            "state": drawn(), "nonce": drawn(), "verifier": drawn(),
            "next": goes_to, "at": now.timestamp(),
        }  # fmt: skip
        url = prepare_grant_uri(
            self._provider()["authorization_endpoint"],
            self._oidc.client_id,
            "code",
            redirect_uri=self._back,
            scope="openid email profile",
            state=kept["state"],
            nonce=kept["nonce"],
            code_challenge=create_s256_code_challenge(kept["verifier"]),
            code_challenge_method="S256",
        )
        text = base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()
        mark = signed(self._settings.secret, _PURPOSE, text)
        return Leaving(url=url, cookie=f"{text}.{mark}")

    def come_back(
        self, cookie: str, *, state: str, code: str, issuer: str | None, now: datetime
    ) -> tuple[Identity, str]:
        """Return who came back, and where to they were going.

        Raises NotAllowedError where something does not fit, UnreachableError.
        """
        kept = self._read(cookie, now)
        if not is_same(state, kept["state"]) or (issuer is not None and issuer != self._issuer):
            raise _unfit("the answer belongs to another attempt")
        provider = self._provider()
        told = self._ask(
            "POST",
            provider["token_endpoint"],
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._back,
                "client_id": self._oidc.client_id,
                "client_secret": self._oidc.client_secret,
                "code_verifier": kept["verifier"],
            },
        )
        claims = self._checked(told, provider, kept["nonce"], now)
        return _identity(self._issuer, claims), str(kept["next"])

    @property
    def _issuer(self) -> str:
        return self._oidc.issuer

    @property
    def _back(self) -> str:
        return self._settings.base_url + BACK

    def _read(self, cookie: str, now: datetime) -> dict[str, Any]:
        text, _, mark = cookie.rpartition(".")
        if not text or not is_same(mark, signed(self._settings.secret, _PURPOSE, text)):
            raise _unfit("this browser did not start it")
        kept: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text))
        if now.timestamp() - kept["at"] > AWAY_AT_MOST_S:
            raise _unfit("it took longer than ten minutes")
        return kept

    def _checked(
        self, told: dict[str, Any], provider: dict[str, Any], nonce: str, now: datetime
    ) -> dict[str, Any]:
        keys = self._ask("GET", provider["jwks_uri"])
        try:
            key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]
            token = jwt.decode(str(told.get("id_token")), key_set, algorithms=_ALGORITHMS)
            options = {
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._oidc.client_id},
            }
            params = {
                "nonce": nonce,
                "client_id": self._oidc.client_id,
                "access_token": told.get("access_token"),
            }
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=now.timestamp(), leeway=LEEWAY_S)
        except (JoseError, ValueError, KeyError) as error:
            raise _unfit(f"its token is not right ({type(error).__name__})") from error
        return dict(claims)

    def _provider(self) -> dict[str, Any]:
        """Ask the provider what it offers (OpenID Connect Discovery 1.0); remember it a while."""
        with self._lock:
            if self._known is not None and time.monotonic() - self._known[0] < ASK_AGAIN_S:
                return self._known[1]
            where = self._issuer.rstrip("/") + "/.well-known/openid-configuration"
            found = self._ask("GET", where)
            wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if found.get("issuer") != self._issuer or not all(found.get(each) for each in wanted):
                raise UnreachableError(
                    f"What {where} says is not what the provider '{self._issuer}' would say.",
                    hint="Give --oidc-issuer exactly as the provider writes it.",
                )
            self._known = (time.monotonic(), found)
            return found

    def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            answer = httpx.request(method, url, timeout=TIMEOUT_S, **more)
            if answer.status_code == 400:
                raise _unfit("it does not know the code, or not any more")
            answer.raise_for_status()
            told = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise UnreachableError(
                "The company's sign-in does not answer as it should.",
                hint="Try again later, or sign in by password.",
            ) from error
        return told if isinstance(told, dict) else {}


def account_of(connection: Connection, identity: Identity, now: datetime) -> accounts.Account:
    """Return the account of somebody whom the provider knows; make one without roles.

    It is matched by the provider's subject, or else by a verified e-mail of an account that no
    subject has yet. Raises NotAllowedError.
    """
    found = accounts.by_company_account(connection, identity.subject)
    if found is None:
        if identity.email is None:
            raise _unfit("it has no verified e-mail of yours")
        by = By(who=identity.name, now=now)
        found = accounts.find_by_email(connection, identity.email)
        if found is None:
            made = accounts.make(
                connection, email=identity.email, name=identity.name, by=by,
                oidc_subject=identity.subject,
            )  # fmt: skip
            found = accounts.find(connection, made)
        elif found.has_company_sign_in:
            raise _unfit("your e-mail belongs to somebody else there")
        else:
            accounts.link_company_account(connection, found.id, identity.subject, by)
    if not found.is_active:
        raise NotAllowedError(
            "This account is not active.", hint="Ask an administrator of the dashboard."
        )
    return found


def _identity(issuer: str, claims: dict[str, Any]) -> Identity:
    email: str | None = None
    try:
        if claims.get("email_verified") is True:
            email = _EMAIL.validate_python(claims.get("email"))
        name = _NAME.validate_python(claims.get("name") or email or claims["sub"])
    except ValidationError as error:
        raise _unfit("name or e-mail cannot be used here") from error
    return Identity(subject=f"{issuer} {claims['sub']}", email=email, name=name)


def _unfit(why: str) -> NotAllowedError:
    return NotAllowedError(
        f"The company's sign-in did not work: {why}.", hint="Start it again: /sign-in"
    )
