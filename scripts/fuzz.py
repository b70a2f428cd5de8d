"""`make fuzz`: every operation of the API on the demonstration, called as it should be and as schemathesis thinks of.

    fuzz.py [--examples N] [--seed N] [--of FOLDER]

Lays the demonstration into a house of its own (or copies the house FOLDER, where it stands already), starts the real
server with two processes, and calls each operation with a token of every scope: once with what really stands there (so
that it is answered 2xx), once without the token, then N times with made-up data that fits the description, N times with
data that does not, and N times with made-up data at places that exist. Prints operation × statuses. Ends with 1 on any
500, on an operation without a 2xx, on one that asks no token, on an answer that the description does not know, on bad
data taken for good.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
API = "/api/v1"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cfc0f01f0005000201a5f645400000000049454e44ae426082"
)
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def shouwen(*arguments: str) -> str:
    command = [sys.executable, "-m", "shouwen", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


@contextmanager
def server() -> Iterator[str]:
    """The web alone, two processes: no worker, so that nothing is sent to made-up addresses."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    import requests

    from shouwen.cli.serve import web_command

    base = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(web_command("127.0.0.1", port, 2), start_new_session=True)
    try:
        while True:
            with suppress(requests.ConnectionError):
                requests.get(f"{base}{API}/me", timeout=60)
                break
            time.sleep(0.2)
        yield base
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


@dataclass
class Known:
    """What really stands in the demonstration."""

    token: str
    unit: int
    post: int
    project: int
    matter: str
    duty: int
    version: int
    clause: str
    customer: int
    asset: int
    attachment: str = UNKNOWN
    webhook: int = 0
    delivery: int = 0

    def path(self) -> dict[str, Any]:
        names = ("unit", "post", "matter", "duty", "version", "clause", "customer", "asset", "attachment", "webhook")
        return {
            **{name: getattr(self, name) for name in names},
            "delivery": self.delivery,
            "year": 2026,
            "event": "noted",
        }


def lay() -> Known:
    """The demonstration with an integration in its topmost duty post."""
    shouwen("demo", "--matters", "100")
    from shouwen.house.boot import boot

    boot()
    from shouwen.api.actions import create_integration, issue_token
    from shouwen.api.models import Scope
    from shouwen.customers.models import Asset, Customer
    from shouwen.governance.models import InForce
    from shouwen.governance.programs import policy_of
    from shouwen.journal import clock
    from shouwen.journal.models import Duty
    from shouwen.organisation.models import Post, Unit

    top = Unit.objects.get(parent__isnull=True)
    post = Post.objects.filter(unit=top).order_by("-is_duty_post", "pk")[0]
    integration = create_integration("模糊测试", [post], clock.now())
    issued = issue_token(integration, Scope.values, clock.now(), rate=10**6)
    duty = Duty.objects.filter(subject__state="open", due_at__isnull=False).select_related("subject").order_by("pk")[0]
    version = InForce.objects.filter(kind=duty.subject.kind).order_by("pk")[0].policy_version
    asset = Asset.objects.order_by("pk")[0]
    return Known(
        token=issued.text,
        unit=top.pk,
        post=post.pk,
        project=asset.unit_id,
        matter=str(duty.subject_id),
        duty=duty.pk,
        version=version.pk,
        clause=policy_of(version).clauses[0].id,
        customer=Customer.objects.order_by("pk")[0].pk,
        asset=asset.pk,
    )


@dataclass
class Report:
    """Statuses by operation, and what is wrong."""

    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)

    def take(self, operation: str, status: int) -> None:
        self.statuses[operation][status] += 1
        if status >= 500:
            self.wrong.append(f"{operation}: {status}")

    def table(self) -> str:
        codes = sorted({code for counted in self.statuses.values() for code in counted})
        width = max(map(len, self.statuses))
        lines = [f"{'operation':{width}}" + "".join(f"{code:>6}" for code in codes)]
        for name, counted in self.statuses.items():
            cells = "".join(f"{counted[code] or '·':>6}" for code in codes)
            lines.append(f"{name:{width}}{cells}{'' if any(200 <= code < 300 for code in counted) else '   NO 2xx'}")
        total = "".join(f"{sum(counted[code] for counted in self.statuses.values()):>6}" for code in codes)
        return "\n".join([*lines, f"{'together':{width}}{total}"])

    def check(self) -> None:
        for name, counted in self.statuses.items():
            if not any(200 <= code < 300 for code in counted):
                self.wrong.append(f"{name}: never answered 2xx")


def given_bodies(known: Known) -> dict[str, Any]:
    """A good body for each operation that takes one."""
    intake = {"channel": "电话", "text": "外墙渗水。", "category": "一般工程质量投诉", "customer": str(known.customer)}
    return {
        "take_in": {"unit": known.project, "data": intake},
        "record_entry": {"type": "noted", "data": {"text": "接口备注"}},
        "record_many": {"items": [{"matter": known.matter, "type": "noted"}]},
        "register_customer": {"unit": known.project, "name": "测试客户", "phones": ["13800019999"]},
        "rename_customer": {"name": "改名客户"},
        "add_contact": {"kind": "phone", "value": "13800018888"},
        "hold_asset": {"asset": known.asset},
        "add_asset": {"unit": known.project, "building": "9", "room": "901"},
        "subscribe": {"url": "https://example.org/hook"},
        "change_webhook": {"events": ["received"]},
    }


class Caller:
    """Calls operations with what stands there, before anything is made up."""

    def __init__(self, base: str, known: Known, report: Report) -> None:
        import requests

        self.base, self.known, self.report = base, known, report
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {known.token}"

    def call(self, case: Any, **rest: Any) -> Any:
        path = case.path
        for name, value in self.known.path().items():
            path = path.replace("{" + name + "}", str(value))
        response = self.session.request(case.method, self.base + path, timeout=60, **rest)
        self.report.take(case.label, response.status_code)
        return response

    def prepare(self, operations: dict[str, Any]) -> None:
        """What the later calls need: a file, a webhook with one delivery."""
        known = self.known
        known.attachment = self.call(operations["upload"], files={"file": ("wall.png", PNG)}).json()["id"]
        known.webhook = self.call(operations["subscribe"], json={"url": "http://localhost:9/hook"}).json()["id"]
        self.call(operations["ping"])
        from shouwen.channels.models import WebhookDelivery
        from shouwen.channels.webhooks import CHANNEL, deliver
        from shouwen.journal.models import Outbox

        list(deliver(list(Outbox.objects.filter(channel=CHANNEL, data__webhook=known.webhook))))
        known.delivery = WebhookDelivery.objects.get().pk

    def walk(self, operations: dict[str, Any]) -> None:
        bodies = given_bodies(self.known)
        for name, operation in operations.items():
            if name in ("upload", "unsubscribe"):
                continue
            rest: dict[str, Any] = {"json": bodies[name]} if name in bodies else {}
            if name == "read_intake_form":
                rest["params"] = {"unit": self.known.project}
            self.call(operation, **rest)
        in_pieces = iter([json.dumps(bodies["take_in"]).encode()])
        answer = self.call(operations["take_in"], data=in_pieces, headers={"Content-Type": "application/json"})
        if answer.status_code != HTTPStatus.CREATED:
            self.report.wrong.append(f"a body in pieces: {answer.status_code}")

    def knock(self, operations: dict[str, Any]) -> None:
        """Each operation without a token."""
        for operation in operations.values():
            answer = self.call(operation, headers={"Authorization": ""})
            if answer.status_code != HTTPStatus.UNAUTHORIZED:
                self.report.wrong.append(f"{operation.label}: {answer.status_code} without a token")

    def end(self, operations: dict[str, Any]) -> None:
        self.call(operations["unsubscribe"])


def fuzz(operation: Any, known: Known, report: Report, base: str, examples: int, seed: int) -> None:
    """Made-up calls: at known places and at made-up ones, with data that fits and data that does not."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st
    from schemathesis import GenerationMode
    from schemathesis.core.failures import FailureGroup
    from schemathesis.specs.openapi import checks

    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    bad = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    places = {one.name: known.path()[one.name] for one in operation.path_parameters if one.name in known.path()}
    ways = [good, bad]
    if places and operation.method != "delete":
        ways.append(operation.as_strategy(generation_mode=GenerationMode.POSITIVE, path_parameters=places))
    # Whether made-up data is accepted is the regulations' to say; sequences of calls are walked above.
    left_out = [
        checks.positive_data_acceptance,
        checks.use_after_free,
        checks.ensure_resource_availability,
        checks.ignored_auth,
        checks.unsupported_method,
    ]

    @seeded(seed)
    @settings(max_examples=examples * len(ways), deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(ways))
    def run(case: Any) -> None:
        response = case.call(base_url=base, headers={"Authorization": f"Bearer {known.token}"}, timeout=60)
        report.take(operation.label, response.status_code)
        try:
            case.validate_response(response, excluded_checks=left_out)
        except FailureGroup as failures:
            for failure in failures.exceptions:
                report.wrong.append(f"{operation.label}: {failure.title}: {failure.message} {_short(case, response)}")

    run()


def _short(case: Any, response: Any) -> str:
    return f"[{case.formatted_path} {case.query} {case.body!r:.200} → {response.status_code} {response.text:.300}]"


def main() -> int:
    parser = ArgumentParser(description="Fuzz the API on the demonstration.")
    parser.add_argument("--examples", type=int, default=10, help="made-up calls a way and operation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--of", type=Path, help="SHOUWEN_HOME of a house with the demonstration, which stays as it is")
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="shouwen-fuzz-") as home:
        os.environ |= {"SHOUWEN_HOME": home, "SHOUWEN_LOG": "ERROR"}
        Path(home, "static").mkdir()
        os.environ.pop("DATABASE_URL", None)
        if arguments.of:
            shutil.copytree(arguments.of, home, dirs_exist_ok=True)
        known, report = lay(), Report()
        with server() as base:
            import schemathesis

            schema = schemathesis.openapi.from_url(f"{base}{API}/openapi.json")
            found: list[Any] = list(schema.get_all_operations())
            operations = {one.ok().definition.raw["operationId"]: one.ok() for one in found}
            caller = Caller(base, known, report)
            caller.prepare(operations)
            caller.walk(operations)
            caller.knock(operations)
            for operation in operations.values():
                fuzz(operation, known, report, base, arguments.examples, arguments.seed)
            caller.end(operations)
    report.check()
    print(report.table())
    called = sum(sum(counted.values()) for counted in report.statuses.values())
    print(f"{len(report.statuses)} operations, {called} calls, {time.monotonic() - started:.0f} s")
    for line in dict.fromkeys(report.wrong):
        print(f"WRONG {line}")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
