"""Intake through HTTP: POST /api/v1/matters with a subject and 200 Chinese characters, 2,000 tickets, 8 clients.

Everything that an intake is: token, policy, powers, journal, chain, duties, outbox, search. Processor time is that of
the web processes and of the database together; the clients' is their own. Promise: at most 10 ms each, and on an idle
machine 99 of 100 answered within 150 ms.
"""

import http.client
import json
import os
import re
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from houses import House, databases, house_on
from measuring import keep, load, processor_of, quantile, tell
from serving import served, shouwen

TICKETS, CLIENTS, WARM = int(os.environ.get("TICKETS", "2000")), 8, 100
TEXT = "雨天外墙渗水严重，客厅和主卧的墙面发霉起皮，物业来看过两次，都说等晴天再修，已经拖了一个多月，家里有老人，"
TEXT = (TEXT * 8)[:200]
UNIT = "云麓集团/江南片区/江城公司/望江台"


def token(env: Mapping[str, str]) -> str:
    name = f"bench{int(time.time())}"
    shouwen(env, "api", "integration", name, "--post", "云麓集团/江南片区/江城公司:客户服务分部")
    said = shouwen(env, "api", "token", name, "--scope", "matters:record", "--scope", "organisation:read",
                   "--rate", "1000000")  # fmt: skip
    found = re.search(r"swn_\S+", said)
    assert found is not None, said
    return found[0]


class Client:
    """One client with its connection kept open."""

    def __init__(self, port: int, key: str, unit: int) -> None:
        self._port, self._unit = port, unit
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def take_in(self, number: int) -> float:
        data = {"channel": "电话", "text": f"{number} {TEXT}", "category": "一般工程质量投诉"}
        body = json.dumps({"unit": self._unit, "data": data}).encode()
        started = time.perf_counter()
        self._line.request("POST", "/api/v1/matters", body, self._headers)
        answer = self._line.getresponse()
        said = answer.read()
        took = time.perf_counter() - started
        if answer.status not in (http.HTTPStatus.OK, http.HTTPStatus.CREATED):
            sys.exit(f"intake answered {answer.status}: {said.decode()[:400]}")
        return took


def unit_id(port: int, key: str) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", "/api/v1/units", headers={"Authorization": f"Bearer {key}"})
    told = json.loads(line.getresponse().read())
    return int(next(one["id"] for one in told["items"] if one["name"] == UNIT.rpartition("/")[2]))


def measure(one: House) -> None:
    key = token(one.env)
    with served(one.env) as house_served:
        unit = unit_id(house_served.port, key)
        clients = [Client(house_served.port, key, unit) for _ in range(CLIENTS)]
        numbers = count()

        def work(client: Client, tickets: int) -> list[float]:
            return [client.take_in(next(numbers)) for _ in range(tickets)]

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(work, clients, [WARM // CLIENTS] * CLIENTS))
            before = used(house_served.web, one.server)
            started = time.perf_counter()
            took = [one for several in pool.map(work, clients, [TICKETS // CLIENTS] * CLIENTS) for one in several]
            passed = time.perf_counter() - started
            spent = [after - earlier for after, earlier in zip(used(house_served.web, one.server), before, strict=True)]
    web, database = (each / len(took) * 1000 for each in spent)
    tell(
        f"intake, HTTP, {one.database}: {web + database:.1f} ms of processor time each, "
        f"web {web:.1f} and database {database:.1f}; "
        f"{len(took) / passed:.0f}/s; median {quantile(took, 0.5) * 1000:.0f} ms, "
        f"p99 {quantile(took, 0.99) * 1000:.0f} ms at {CLIENTS} clients (load {load()})"
    )
    keep(
        f"intake {one.database}",
        milliseconds=round(web + database, 2),
        per_second=round(len(took) / passed, 1),
        median=round(quantile(took, 0.5) * 1000, 1),
        p99=round(quantile(took, 0.99) * 1000, 1),
    )


def used(web: int, server: int | None) -> tuple[float, float]:
    """Seconds of the processor: the web's, which holds an embedded database, and the database server's."""
    return processor_of(web), processor_of(server) if server else 0.0


def main() -> None:
    for database in databases():
        with house_on(database, 0) as one:
            measure(one)


if __name__ == "__main__":
    main()
