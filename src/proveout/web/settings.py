"""How the dashboard is set up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """Signing in by the company's own provider (OpenID Connect)."""

    issuer: str
    client_id: str
    client_secret: str
    """From the environment: PROVEOUT_OIDC_SECRET."""
    label: str = "Sign in with the company's account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Fixed when `proveout serve` starts."""

    base_url: str
    """As people reach it: 'http://127.0.0.1:8700'."""
    secret: str
    """Signs what cookies carry; kept in the dashboard's database, the same for all processes."""
    oidc: Oidc | None = None

    @property
    def is_secure(self) -> bool:
        """Whether cookies may be limited to encrypted connections."""
        return self.base_url.startswith("https://")
