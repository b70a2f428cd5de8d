"""Draws what results.json has of growing houses into docs/performance.svg: a line for each page, milliseconds over
matters, both in steps of ten.

plot.py [FILE]
"""

import math
import sys
from collections.abc import Sequence
from pathlib import Path

from measuring import ROOT, kept

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 60, 190, 20, 50
COLOURS = ("#1f6feb", "#d9480f", "#2b8a3e", "#862e9c")
PAGES = ("workbench", "ledger", "search", "matter")
ROLES = {"officer": "", "leader": "6 4"}
LEAST, MOST = 10.0, 1000.0


DATABASES = ("SQLite", "PostgreSQL")


def line_of(database: str, page: str, role: str) -> list[tuple[int, float]]:
    """(matters, milliseconds) of a page as somebody sees it."""
    beginning = f"page {database} {page} {role} "
    return sorted(
        (int(name.removeprefix(beginning)), float(one["median"]))
        for name, one in kept().items()
        if name.startswith(beginning)
    )


def sizes_of(database: str) -> list[int]:
    return sorted({matters for page in PAGES for role in ROLES for matters, _ in line_of(database, page, role)})


def draw(database: str, sizes: Sequence[int], top: int) -> str:
    """One database's pages, drawn from so far down."""
    smallest, largest = min(sizes), max(sizes)

    def x(matters: float) -> float:
        share = math.log(matters / smallest) / math.log(largest / smallest) if largest > smallest else 0.0
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(milliseconds: float) -> float:
        share = math.log(max(LEAST, milliseconds) / LEAST) / math.log(MOST / LEAST)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = [f'<g transform="translate(0 {top})">']
    for milliseconds in (10, 30, 100, 300, 1000):
        promised = milliseconds == 100
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(milliseconds):.1f}" y2="{y(milliseconds):.1f}" '
            f'stroke="{"#c92a2a" if promised else "#ddd"}"/>'
            f'<text x="{LEFT - 8}" y="{y(milliseconds) + 4:.1f}" text-anchor="end">{milliseconds}</text>'
        )
    parts += [
        f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,}</text>' for size in sizes
    ]
    said = f"{database}: matters in the house; median milliseconds; red: promised"
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 8}">{said}</text>')
    for colour, page in zip(COLOURS, PAGES, strict=True):
        for role, dash in ROLES.items():
            points = line_of(database, page, role)
            if not points:
                continue
            path = " ".join(f"{x(matters):.1f},{y(took):.1f}" for matters, took in points)
            drawn = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
            parts.append(f'<polyline points="{path}" {drawn}/>')
            row = TOP + 14 + 22 * (PAGES.index(page) * len(ROLES) + list(ROLES).index(role))
            at = WIDTH - RIGHT + 15
            parts.append(
                f'<line x1="{at}" x2="{at + 24}" y1="{row - 4}" y2="{row - 4}" stroke="{colour}" stroke-width="2" '
                f'stroke-dasharray="{dash}"/><text x="{at + 30}" y="{row}">{page}, {role}</text>'
            )
    return "\n".join([*parts, "</g>"])


def main(file: Path) -> None:
    """The databases that were measured, one below the other."""
    measured = [(database, sizes) for database in DATABASES if (sizes := sizes_of(database))]
    if not measured:
        sys.exit("nothing was measured yet: make bench")
    height = HEIGHT * len(measured)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        'font-size="12" role="img" aria-label="Milliseconds a page over matters in the house">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        *(draw(database, sizes, HEIGHT * place) for place, (database, sizes) in enumerate(measured)),
        "</svg>",
        "",
    ]
    file.write_text("\n".join(drawn), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "performance.svg")
