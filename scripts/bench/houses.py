"""Houses for measuring, kept between runs: the demonstration, and houses laid down from it with so many matters.

houses.py bring-up             the house of SHOUWEN_HOME and DATABASE_URL to this version, and its static files
houses.py lay MATTERS          into the house of SHOUWEN_HOME and DATABASE_URL
houses.py lay-due MATTERS      with so many that are all due within one minute
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from measuring import FOLDER, ROOT, Spent, load, python, spending, tell

sys.path.insert(0, str(ROOT / "scripts"))
import with_postgres

DONE = "laid"
SERVER = "-c max_connections=200"
"""Options of PostgreSQL's server: its own, so that what is committed is on the disk."""


@cache
def house(matters: int, due: int = 0) -> Path:
    """The folder of a house on SQLite with so many matters, or with so many due at once; made where it is not there."""
    folder = FOLDER / (f"due-{due}" if due else f"sqlite-{matters}")
    if (folder / DONE).exists():
        python(Path(__file__), "bring-up", env=here(folder))
        return folder
    base = FOLDER / "demonstration"
    if not (base / DONE).exists():
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir(parents=True)
        python(Path(__file__), "demo", env=here(base))
        (base / DONE).touch()
    else:
        python(Path(__file__), "bring-up", env=here(base))
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder, ignore=shutil.ignore_patterns(DONE, "static"))
    arguments = ("lay-due", str(due)) if due else ("lay", str(matters))
    python(Path(__file__), *arguments, env=here(folder))
    python(Path(__file__), "bring-up", env=here(folder))
    (folder / DONE).touch()
    return folder


@dataclass(frozen=True)
class House:
    """A house that is there: its database's name, its environment, the database's process where it has one."""

    database: str
    env: dict[str, str]
    server: int | None = None


@contextmanager
def house_on(database: str, matters: int) -> Iterator[House]:
    """The house with so many matters on either database; on PostgreSQL a copy of the one on SQLite."""
    folder = house(matters)
    if database == "SQLite":
        yield House(database, here(folder))
        return
    kept = FOLDER / f"postgresql-{matters}"
    if not (kept / DONE).exists():
        shutil.rmtree(kept, ignore_errors=True)
    with with_postgres.server(kept, SERVER) as url:
        env = {"SHOUWEN_HOME": str(folder), "DATABASE_URL": url}
        if (kept / DONE).exists():
            python(Path(__file__), "bring-up", env=env)
        else:
            python(Path(__file__).with_name("copying.py"), str(folder / "shouwen.sqlite3"), env=env)
            (kept / DONE).touch()
        yield House(database, env, int((kept / "data" / "postmaster.pid").read_text().split()[0]))


def databases() -> list[str]:
    """Those that can be measured here."""
    there = with_postgres.programs() is not None
    if not there:
        tell("PostgreSQL: not installed here")
    return ["SQLite", *(["PostgreSQL"] if there else [])]


def here(folder: Path) -> dict[str, str]:
    """The environment of a house on SQLite in this folder."""
    return {"SHOUWEN_HOME": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'shouwen.sqlite3'}"}


def main(what: str, count: int) -> None:
    sys.path.insert(0, str(ROOT / "src"))
    from shouwen.house.boot import boot

    boot()
    from shouwen.house.database import bring_up
    from shouwen.journal import clock

    bring_up()
    if what == "bring-up":
        from shouwen.house.statics import gather

        gather()
        return
    if what == "demo":
        from shouwen.demonstration.seed import lay

        with spending() as spent:
            played = lay(clock.now(), lambda line: tell(f"  {line}"))
        acts = played.done if played else 0
        tell(f"demonstration: {acts} acts in {said(spent)}")
        return
    from datetime import timedelta

    from shouwen.demonstration.loading import Loader
    from shouwen.journal.models import Duty, Entry, Subject
    from shouwen.journal.sweep import sweep

    loader = Loader(what)
    matters = Subject.objects.filter(matter=True).count()
    done = 0

    def progress(more: int) -> None:
        nonlocal done
        done += more
        if done % 5_000 == 0:
            tell(f"  {done:,} of {count:,} laid")

    with spending() as spent:
        if what == "lay":
            loader.load(max(0, count - matters), progress)
            sweep()
        else:
            loader.load_due(count, clock.now() + timedelta(days=1), timedelta(minutes=1))
    tell(
        f"{what} {count:,}: {Subject.objects.count():,} subjects, {Entry.objects.count():,} entries, "
        f"{Duty.objects.count():,} duties in {said(spent)}"
    )


def said(spent: Spent) -> str:
    return f"{spent.processor:.0f} s of processor time ({spent.wall:.0f} s; load {load()})"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else int(os.environ.get("MATTERS", "0")))
