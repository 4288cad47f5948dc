"""The settings of tmws-accounts."""

from datetime import timedelta

from pydantic import BaseModel, Field

from tmws_accounts.lifetimes import Lifetimes
from tmws_core.settings import Names


class AccountsSettings(BaseModel):
    """The section `accounts` of the settings."""

    access_token_minutes: float = Field(15, gt=0, le=60, description="How long an access token is good for.")
    login_days: float = Field(
        30, gt=0, le=365, description="After how many days somebody has to log in again, whatever was refreshed since."
    )
    failures_before_delay: int = Field(
        10, ge=1, le=50, description="How many failed logins under one name in a row bring the first delay."
    )
    failures_of_address_before_delay: int = Field(
        10, ge=1, description="How many failed logins from one address in a row bring the first delay."
    )
    public_url: str = Field(
        "",
        description="How clients reach this server from outside, such as https://tmws.example.org; empty as they do.",
    )
    authorization_servers: Names = Field(
        frozenset(), description="Issuers of an OAuth login beside this server's own, for clients that look for one."
    )

    @property
    def lifetimes(self) -> Lifetimes:
        """How long what a login gives is good for."""
        return Lifetimes(timedelta(minutes=self.access_token_minutes), timedelta(days=self.login_days))
