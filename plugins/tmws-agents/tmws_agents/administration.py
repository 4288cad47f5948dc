"""Tells observers, such as an audit, of what somebody did to an agent, namespace, team or persona as administrator."""

from tmws_core import Context

EVENT = "security.admin_action"


def tell(ctx: Context, action: str, kind: str, name: str) -> None:
    """Publish that the caller administered something.

    Args:
        ctx: the call.
        action: what was done: the name of the tool.
        kind: what was administered: `agent`, `namespace`, `team` or `persona`.
        name: its name.
    """
    if kind == "agent" and name == ctx.principal.agent_id:
        return
    ctx.publish(EVENT, action=action, kind=kind, name=name)
