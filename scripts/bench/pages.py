"""What people look at all day, in houses of 20,000 and of 200,000 matters: ledger, workbench, search for the most
frequent two-character word, matter page; as an officer and as the group's leader.

Promises: median under 100 ms and at most 10 queries a page at 200,000 matters; the first page under 150 kB compressed.

pages.py queries     counts the queries of each page in the house of SHOUWEN_HOME, and says what to look at
"""

import gzip
import http.client
import json
import re
import sys
import time
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from houses import House, databases, house_on
from measuring import ROOT, keep, load, memory_of, processor_of, python, quantile, tell
from serving import served, signed_in

PEOPLE = {"officer": "jingban", "leader": "zhongxin"}
PASSWORD = "yunlu-2026"  # noqa: S105  printed by the demonstration itself
TRANSACTIONS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
"""Statements that ask nothing."""
WARM, TIMES = 8, 20
"""Before it is measured each of the server's threads has sent a page, and has its connection."""
SIZES = (20_000, 200_000)
WORD = "渗水"


def pages(matter: str) -> dict[str, str]:
    return {
        "workbench": "/",
        "ledger": "/ledger/",
        "search": f"/ledger/?q={quote(WORD)}",
        "matter": f"/matters/{matter}/",
    }


def queries() -> None:
    """In the house itself: a matter to look at, and how many queries each page takes."""
    sys.path.insert(0, str(ROOT / "src"))
    from shouwen.house.boot import boot

    boot()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from shouwen.journal.models import Subject
    from shouwen.organisation.models import Person

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    owned = Subject.objects.filter(owner_person__username=PEOPLE["officer"], state="open", head_seq__gte=6)
    matter = str(owned.order_by("-opened_at").values_list("pk", flat=True)[0])
    counted: dict[str, int] = {}
    for role, username in PEOPLE.items():
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(Person.objects.get(username=username))
        for page, address in pages(matter).items():
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(address)
            assert answer.status_code == http.HTTPStatus.OK, (address, answer.status_code)
            counted[f"{page} {role}"] = sum(not one["sql"].startswith(TRANSACTIONS) for one in asked)
    tell(json.dumps({"matter": matter, "queries": counted}))


def measure(matters: int, house: House) -> None:
    told = json.loads(python(Path(__file__), "queries", env=house.env))
    with served(house.env, worker=True) as one:
        cookies = {role: signed_in(one.port, username, PASSWORD) for role, username in PEOPLE.items()}
        line = http.client.HTTPConnection("127.0.0.1", one.port, timeout=120)
        for page, address in pages(told["matter"]).items():
            for role, cookie in cookies.items():
                for _ in range(WARM):
                    fetch(line, address, cookie)
                before, took = used(one.web, house.server), []
                for _ in range(TIMES):
                    started = time.perf_counter()
                    fetch(line, address, cookie)
                    took.append(time.perf_counter() - started)
                spent = (used(one.web, house.server) - before) / TIMES * 1000
                asked = told["queries"][f"{page} {role}"]
                median = quantile(took, 0.5) * 1000
                tell(
                    f"{page}, {role}, {matters:,} matters, {house.database}: median {median:.0f} ms, {spent:.0f} ms of "
                    f"processor time, {asked} queries (load {load()})"
                )
                keep(
                    f"page {house.database} {page} {role} {matters}",
                    median=round(median, 1),
                    processor=round(spent, 1),
                    queries=asked,
                )
        weight = first_page(line, cookies["officer"])
        web, worker = memory_of(one.web), memory_of(one.worker)
    tell(f"first page: {weight / 1000:.0f} kB compressed; memory: web {web:.0f} MB, worker {worker:.0f} MB")
    keep(f"memory {house.database} {matters}", web=round(web), worker=round(worker), first_page=weight)


def used(web: int, server: int | None) -> float:
    return processor_of(web) + (processor_of(server) if server else 0.0)


def fetch(line: http.client.HTTPConnection, address: str, cookie: str) -> bytes:
    line.request("GET", address, headers={"Cookie": cookie, "Accept-Language": "zh-CN", "Accept-Encoding": "gzip"})
    answer = line.getresponse()
    body = answer.read()
    if answer.status != http.HTTPStatus.OK:
        sys.exit(f"{address} answered {answer.status}")
    return body


def first_page(line: http.client.HTTPConnection, cookie: str) -> int:
    """Bytes that a browser that was never here is sent for the workbench: the page, what it names, and fonts."""
    body = fetch(line, "/", cookie)
    page = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    total = len(body)
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.decode())
    for address in dict.fromkeys(named):
        sent = fetch(line, urlsplit(address).path, cookie)
        total += len(sent)
        if address.endswith(".css"):
            sheet = gzip.decompress(sent) if sent[:2] == b"\x1f\x8b" else sent
            for font in re.findall(r'url\("?([^")]+\.woff2)', sheet.decode()):
                total += len(fetch(line, urlsplit(urljoin(address, font)).path, cookie))
    return total


def main() -> None:
    for database in databases():
        for matters in SIZES:
            with house_on(database, matters) as house:
                measure(matters, house)


if __name__ == "__main__":
    queries()
