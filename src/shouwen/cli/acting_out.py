"""``python -m shouwen.cli.acting_out FILE``: a policy's cases acted out in a house of its own; the evidence as JSON.

A process of its own, with a home that is thrown away: whatever house stands here is not touched.
"""

import json
import logging
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="shouwen-trial-") as home:
        os.environ["SHOUWEN_HOME"] = home
        os.environ.pop("DATABASE_URL", None)
        logging.disable(logging.CRITICAL)
        from shouwen.house.boot import boot

        boot()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from shouwen.trial.run import act_out

        found = asdict(act_out(Path(sys.argv[1]), dict(one.split("=", 1) for one in sys.argv[2:])))
        json.dump({name: sorted(map(_plain, value)) for name, value in found.items()}, sys.stdout, ensure_ascii=False)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


if __name__ == "__main__":
    main()
