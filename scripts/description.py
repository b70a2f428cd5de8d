"""`make description`: the API's OpenAPI description into docs/api.json, where a change of it is seen.

description.py [--check]    with --check nothing is written; exit code 1 where the file is not what the code says
"""

import sys
from pathlib import Path

import orjson

from shouwen.house.boot import boot

FILE = Path(__file__).resolve().parent.parent / "docs" / "api.json"


def described() -> bytes:
    """The description, its keys sorted."""
    boot()
    from shouwen.api.house import api

    told = orjson.loads(orjson.dumps(api.get_openapi_schema(), option=orjson.OPT_NON_STR_KEYS))
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def main() -> int:
    if sys.argv[1:] == ["--check"]:
        return 0 if FILE.read_bytes() == described() else 1
    FILE.write_bytes(described())
    return 0


if __name__ == "__main__":
    sys.exit(main())
