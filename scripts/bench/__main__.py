"""`make bench`: the figures that the product promises, each beside processor time and load.

bench [engine|whatif|intake|sweep|burst|pages|plot|tables …]     without a name, all of them

Houses for measuring and figures are kept in SHOUWEN_BENCH, by default var/bench. Laying the large ones takes half an
hour once; what is there is used again.
"""

import sys
from collections.abc import Callable

import folding
import intake
import pages
import plot
import sweeping
import tables
import whatif
from measuring import ROOT

BENCHES: dict[str, Callable[[], None]] = {
    "engine": folding.main,
    "whatif": whatif.main,
    "intake": intake.main,
    "sweep": sweeping.compare,
    "burst": sweeping.burst,
    "pages": pages.main,
    "tables": tables.main,
    "plot": lambda: plot.main(ROOT / "docs" / "performance.svg"),
}


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        sys.exit(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    for name in names or BENCHES:
        BENCHES[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
