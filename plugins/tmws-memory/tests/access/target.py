"""A memory that somebody tries to reach, and how it comes to be what it is."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_memory import changes, removal, storage
from tmws_memory.draft import Draft
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing
from tmws_memory.settings import MemorySettings

from .situations import CALLERS, Caller, Situation, rights


@dataclass(frozen=True)
class Target:
    """A memory that somebody tries to reach; no other has any of these words.

    Attributes:
        id: its identifier.
        namespace: where it is, beside a private memory of a bystander.
        word: a word of its text, to search for.
        secret: another word of its text.
        tag: its tag.
        session: its session.
        former: a word of the text that it had before.
        situation: its level and state; None when it never was.
        owned: whether it is the owner's, and not the bystander's, who shares it with nobody.
        frame: how its text has the word and the secret.
    """

    id: str
    namespace: str
    word: str
    secret: str
    tag: str
    session: str
    former: str
    situation: Situation | None = None
    owned: bool = True
    frame: str = "The {word} is {secret}."

    @property
    def text(self) -> str:
        return self.frame.format(word=self.word, secret=self.secret)

    def hidden_from(self, caller: Caller) -> list[str]:
        """What an answer to a caller may not hold."""
        if caller.owns and self.owned:
            return [] if self.situation and rights(caller, self.situation) else self._words
        if self.owned and self.situation and rights(caller, self.situation):
            return [self.former]
        return self._words

    @property
    def _words(self) -> list[str]:
        words = [self.id, self.word, self.secret, self.tag, self.session, self.former]
        return [*words, self.namespace] if self.owned else words


def remembered(session: Session, target: Target, settings: MemorySettings) -> str:
    """Store a memory of the owner, changed once and granted to whom the table says, and put it where it is to be."""
    assert target.situation is not None
    owner = CALLERS[0].principal(target.namespace, frozenset())
    memory = stored(session, owner.agent_id, target, target.situation.level)
    changes.update(session, owner, memory.id, {"content": target.text}, settings=settings)
    session.add_all(_grant(memory.id, caller) for caller in CALLERS if caller.granted is not None)
    session.flush()
    _put_away(session, owner, memory, target.situation)
    session.flush()
    return memory.id


def stored(session: Session, agent_id: str, planned: Target, level: str) -> Memory:
    """Store a memory of somebody."""
    draft = Draft(
        content=f"It was {planned.former}." if planned.owned else planned.text,
        namespace=planned.namespace,
        memory_type="plan",
        tags=[planned.tag],
        context={"about": planned.secret},
        source_url=f"https://example.com/{planned.secret}",
        session=planned.session,
        access_level=level,
    )
    (new,) = storage.store(session, Principal(agent_id, planned.namespace), [draft])
    return session.get_one(Memory, new.memory.id)


def _grant(memory_id: str, caller: Caller) -> Sharing:
    return Sharing(
        memory_id=memory_id,
        shared_with_agent_id=caller.name,
        shared_by_agent_id=CALLERS[0].name,
        permission=caller.granted,
        expires_at=utc_now() + timedelta(seconds=-1 if caller.expired else 3600),
    )


def _put_away(session: Session, owner: Principal, memory: Memory, situation: Situation) -> None:
    if situation.state == "deleted":
        removal.delete(session, owner, memory.id)
    if situation.state == "archived":
        removal.archive(session, [memory])
    if situation.state == "expired":
        over = utc_now() - timedelta(seconds=1)
        session.execute(update(Memory).where(Memory.id == memory.id).values(expires_at=over))
