"""What the audit has to hear although the call is refused, and so nothing that it published is told."""

from typing import Any

from tmws_core import Context, Event


def tell(ctx: Context, name: str, **details: Any) -> None:
    """Tell the observers of a refusal, at once."""
    ctx.application.tell(Event(name, ctx.principal, details))
