"""Prints what results.json has as the tables of docs/performance.md."""

from collections.abc import Iterable, Sequence
from typing import Any

from measuring import kept, tell
from plot import DATABASES, PAGES, ROLES, sizes_of


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    tell("")
    for row in (head, ["---"] * len(head), *rows):
        tell("| " + " | ".join(str(one) for one in row) + " |")


def main() -> None:
    known = kept()
    by = {name: one for name, one in known.items() if name.startswith("intake ")}
    table(
        ("intake, 8 clients", "processor time each", "a second", "median", "p99", "load"),
        [
            (name.removeprefix("intake "), f"{one['milliseconds']} ms", one["per_second"], f"{one['median']} ms",
             f"{one['p99']} ms", one["load"])
            for name, one in by.items()
        ],
    )  # fmt: skip
    sweeps = [one for name, one in known.items() if name.startswith("sweep ") and "open" in one]
    table(
        ("open duties", "swept", "processor time", "load"),
        [
            (f"{one['open']:,}", f"{one['swept']:,}", f"{one['processor']:.2f} s", one["load"])
            for one in sorted(sweeps, key=lambda one: int(one["open"]))
        ],
    )
    if burst := known.get("sweep burst"):
        table(
            ("due in one minute", "a second of processor time", "left", "out of order", "load"),
            [tuple(burst[name] for name in ("count", "per_second", "left", "out_of_order", "load"))],
        )
    for database in DATABASES:
        of_pages(database, known)


def of_pages(database: str, known: dict[str, dict[str, Any]]) -> None:
    sizes = sizes_of(database)
    rows = []
    for page in PAGES:
        for role in ROLES:
            found = [known.get(f"page {database} {page} {role} {size}") for size in sizes]
            loads = [one["load"].partition(",")[0] if one else "" for one in found]
            queries = max((one["queries"] for one in found if one), default="")
            rows.append((page, role, *(said(one) for one in found), queries, " and ".join(loads)))
    table((f"page, {database}", "as", *(f"{size:,} matters" for size in sizes), "queries", "load"), rows)
    memory = [(size, known[f"memory {database} {size}"]) for size in sizes if f"memory {database} {size}" in known]
    table(
        (f"matters, {database}", "web", "worker", "first page, compressed"),
        [
            (f"{size:,}", f"{one['web']} MB", f"{one['worker']} MB", f"{one['first_page'] / 1000:.0f} kB")
            for size, one in memory
        ],
    )


def said(one: dict[str, Any] | None) -> str:
    return "" if one is None else f"{one['median']} ms ({one['processor']} ms)"


if __name__ == "__main__":
    main()
