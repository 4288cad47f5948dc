"""What somebody says of a key that is to be made: over HTTP as JSON, at the terminal as options."""

from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tmws_accounts.keys import NewKey
from tmws_accounts.scopes import Scope
from tmws_core.fields import Slug, StorableText


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise ValueError(f"{text!r} is no IP address and no network such as 192.0.2.0/24") from None


KeyName = Annotated[StorableText, Field(min_length=1, max_length=128, description="What the key is called.")]
KeyScopes = Annotated[
    list[Scope], Field(min_length=1, max_length=100, description="What it may do, such as memory:read or *:write.")
]
KeyAgent = Annotated[
    Slug | None, Field(description="The agent that calls with it; without one, the agent of its user.")
]
Networks = Annotated[
    list[Annotated[str, AfterValidator(_network), Field(examples=["192.0.2.0/24"])]] | None,
    Field(min_length=1, max_length=100, description="The only addresses or networks that it may come from."),
]
Days = Annotated[float | None, Field(gt=0, le=3650, description="After how many days it ends; without it, never.")]
Hourly = Annotated[int | None, Field(ge=1, le=10_000_000, description="How often it may be used in an hour.")]
Description = Annotated[StorableText | None, Field(max_length=1000, description="What it is for.")]
KeyUser = Annotated[
    StorableText | None, Field(max_length=64, description="Whose rights bound it; without one, your own.")
]
OfAgent = Annotated[
    bool, Field(description="Whether it belongs to the agent alone, and its scopes are its only bounds.")
]


class KeyRequest(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid")

    name: KeyName
    scopes: KeyScopes
    agent_id: KeyAgent = None
    username: KeyUser = None
    of_agent: OfAgent = False
    allowed_ips: Networks = None
    rate_limit_per_hour: Hourly = None
    days: Days = None
    description: Description = None

    def at(self, now: datetime) -> NewKey:
        """The key as it is made at a moment."""
        return NewKey(
            name=self.name,
            scopes=list(dict.fromkeys(self.scopes)),
            agent_id=self.agent_id,
            username=self.username,
            without_user=self.of_agent,
            allowed_ips=self.allowed_ips,
            rate_limit_per_hour=self.rate_limit_per_hour,
            expires_at=None if self.days is None else now + timedelta(days=self.days),
            description=self.description,
        )
