"""A plugin of a stranger, in two versions, as the sources of its modules."""

# two tables, one of them with a key to another plugin's, and tools that write to both
LEDGER_1 = {
    "__init__.py": """
        from ledger import migrations, models, tools
        from tmws_core import hookimpl


        @hookimpl
        def tmws_models():
            return models


        @hookimpl
        def tmws_migrations():
            return migrations


        @hookimpl
        def tmws_tools():
            return tools
    """,
    "checkpoint.py": """
        import os
        import signal

        from sqlalchemy import Engine, event


        def checkpoint(name):
            if os.environ.get("LEDGER_KILL_AT") == name:
                os.kill(os.getpid(), signal.SIGKILL)


        @event.listens_for(Engine, "commit")
        def before_commit(connection):
            checkpoint("commit")
    """,
    "models.py": """
        from sqlalchemy import ForeignKey, Integer, Text
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        from tmws_agents.models.agent import Agent
        from tmws_core.declarative import plugin_metadata


        class Base(DeclarativeBase):
            metadata = plugin_metadata("ledger")


        class Entry(Base):
            __tablename__ = "ledger_entries"
            id: Mapped[int] = mapped_column(Integer, primary_key=True)
            agent_id: Mapped[str] = mapped_column(Text, ForeignKey(Agent.agent_id, ondelete="CASCADE"))
            amount: Mapped[int] = mapped_column(Integer)


        class Receipt(Base):
            __tablename__ = "ledger_receipts"
            id: Mapped[int] = mapped_column(Integer, primary_key=True)
            entry_id: Mapped[int] = mapped_column(ForeignKey(Entry.id, ondelete="CASCADE"))
            amount: Mapped[int] = mapped_column(Integer)
    """,
    "tools.py": """
        import os

        from ledger.models import Entry, Receipt
        from sqlalchemy import func, select

        from tmws_core import Context, tool


        @tool(scope="ledger:write")
        async def ledger_add(ctx: Context, amount: int) -> int:
            '''Add an amount, with its receipt.'''
            entry = Entry(agent_id="metis-developer", amount=amount)
            ctx.session.add(entry)
            await ctx.session.flush()
            ctx.session.add(Receipt(entry_id=entry.id, amount=amount))
            return entry.id


        @tool(scope="ledger:read", read_only=True)
        async def ledger_sum(ctx: Context) -> int:
            '''The sum of all amounts.'''
            return await ctx.session.scalar(select(func.coalesce(func.sum(Entry.amount), 0)))


        @tool(scope="ledger:read", read_only=True)
        async def ledger_process(ctx: Context) -> int:
            '''The number of the process that serves this call.'''
            return os.getpid()
    """,
    "migrations/__init__.py": "",
    "migrations/r0001_create_tables.py": """
        import sqlalchemy as sa
        from alembic import op

        revision = "ledger_0001"
        down_revision = None


        def upgrade():
            op.create_table(
                "ledger_entries",
                sa.Column("id", sa.Integer(), primary_key=True),
                sa.Column("agent_id", sa.Text(), sa.ForeignKey("agents.agent_id", ondelete="CASCADE"), nullable=False),
                sa.Column("amount", sa.Integer(), nullable=False),
            )
            op.create_table(
                "ledger_receipts",
                sa.Column("id", sa.Integer(), primary_key=True),
                sa.Column("entry_id", sa.Integer(), nullable=False),
                sa.ForeignKeyConstraint(["entry_id"], ["ledger_entries.id"], ondelete="CASCADE"),
                sa.Column("amount", sa.Integer(), nullable=False),
            )
    """,
}

# its next version: a revision with every kind of statement, and after each a point where the process can be killed
LEDGER_2 = LEDGER_1 | {
    "models.py": LEDGER_1["models.py"]
    .replace("import ForeignKey, Integer", "import ForeignKey, Integer, String")
    .replace(
        "amount: Mapped[int] = mapped_column(Integer)\n\n\n        class Receipt",
        "amount: Mapped[int | None] = mapped_column(Integer)\n"
        '            currency: Mapped[str] = mapped_column(String(3), server_default="EUR")\n\n\n        class Receipt',
    )
    + """

        class Tag(Base):
            __tablename__ = "ledger_tags"
            id: Mapped[int] = mapped_column(Integer, primary_key=True)
            entry_id: Mapped[int] = mapped_column(ForeignKey(Entry.id, ondelete="CASCADE"))
            word: Mapped[str] = mapped_column(Text, index=True)
    """,
    "migrations/r0002_tag_entries.py": """
        import sqlalchemy as sa
        from alembic import op
        from ledger.checkpoint import checkpoint

        revision = "ledger_0002"
        down_revision = "ledger_0001"


        def upgrade():
            op.add_column("ledger_entries", sa.Column("currency", sa.String(3), server_default="EUR", nullable=False))
            checkpoint("column")
            op.create_table(
                "ledger_tags",
                sa.Column("id", sa.Integer(), primary_key=True),
                sa.Column("entry_id", sa.Integer(), nullable=False),
                sa.ForeignKeyConstraint(["entry_id"], ["ledger_entries.id"], ondelete="CASCADE"),
                sa.Column("word", sa.Text(), nullable=False),
            )
            checkpoint("table")
            op.create_index("ix_ledger_tags_word", "ledger_tags", ["word"])
            checkpoint("index")
            op.execute("INSERT INTO ledger_tags (entry_id, word) SELECT id, 'old' FROM ledger_entries")
            checkpoint("insert")
            with op.batch_alter_table("ledger_entries") as batch:
                batch.alter_column("amount", existing_type=sa.Integer(), nullable=True)
            checkpoint("rebuild")
            op.execute("DELETE FROM ledger_receipts")
            checkpoint("delete")
    """,
}
