"""What all tests share.

Marks are set here, from the fixtures that a test asks for: `db` for every test that uses Django's database (it runs on
SQLite and on PostgreSQL), `browser` for every test that drives Chromium. A test that needs a database of its own kind
(a full SQLite file, a process of its own) makes it itself and is not marked.

SHOUWEN_NO_SKIP=1  a skipped test is a failed one (as in CI)
SHOUWEN_TALLY      file that receives the number of tests marked db that ran
SHOUWEN_DATA       folder of real complaints; SHOUWEN_LEDGER, of the regulations' ledgers
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

# Examples may take the time they take: a limit would measure the machine, not the code.
hypothesis_settings.register_profile("shouwen", deadline=None)
hypothesis_settings.load_profile("shouwen")

# Before Django reads its settings: tests keep their files apart from a house's. Workers inherit the controller's.
OWN_HOME = "SHOUWEN_TEST_HOME" not in os.environ
if OWN_HOME:
    os.environ["SHOUWEN_TEST_HOME"] = tempfile.mkdtemp(prefix="shouwen-tests-")
os.environ["SHOUWEN_HOME"] = os.environ["SHOUWEN_TEST_HOME"]

NO_SKIP = os.environ.get("SHOUWEN_NO_SKIP") == "1"
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings
    from tests.guards import let_flush

    _live_in(Path(os.environ["SHOUWEN_HOME"]), settings)
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    # Static files straight from their sources, and a hash that does not cost 0.3 s a person.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    let_flush()


def _live_in(home: Path, settings: Any) -> None:
    """Where pytest was called by hand the settings were read before this file: move their paths here."""
    for name in ("STATIC_ROOT", "MEDIA_ROOT", "EMAIL_FILE_PATH"):
        setattr(settings, name, home / Path(getattr(settings, name)).name)
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["NAME"], database["TEST"]["NAME"] = str(home / "shouwen.sqlite3"), str(home / "test.sqlite3")


def pytest_unconfigure(config: pytest.Config) -> None:
    if OWN_HOME:
        shutil.rmtree(os.environ["SHOUWEN_TEST_HOME"], ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "chromium" in fixtures:
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("sqlite"):
            continue
        if item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES or "live_server" in fixtures:
            item.add_marker(pytest.mark.db)


def fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if NO_SKIP and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and SHOUWEN_NO_SKIP is set: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    fail_if_skipped(report)
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says how many database tests ran on which database; a browser's are counted apart, for they run once."""
    from django.db import connection

    done = [report for key in ("passed", "failed") for report in terminalreporter.stats.get(key, [])]
    ran = {r.nodeid for r in done if r.when == "call" and "db" in r.keywords and "browser" not in r.keywords}
    terminalreporter.write_line(f"database tests run on {connection.vendor}: {len(ran)}")
    if "SHOUWEN_TALLY" in os.environ:
        Path(os.environ["SHOUWEN_TALLY"]).write_text(str(len(ran)))


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Counts of failed sign-ins live in the cache: one test's must not shut the next one's door."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _no_language_left_on() -> Iterator[None]:
    """A page asked for in English leaves its language on in this thread."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_queue_left_open() -> Iterator[None]:
    """The queue's own connection would keep PostgreSQL from dropping the test's database."""
    yield
    queue = sys.modules.get("shouwen.journal.queue")
    if queue is not None and queue.backend.cache_info().currsize:
        queue.backend().storage.close()


def folder_from(variable: str) -> Path:
    value = os.environ.get(variable)
    if not value or not Path(value).is_dir():
        pytest.skip(f"{variable} names no folder")
    return Path(value)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real complaints (SHOUWEN_DATA)."""
    return folder_from("SHOUWEN_DATA")


@pytest.fixture(scope="session")
def ledger() -> Path:
    """The folder of the regulations' ledgers (SHOUWEN_LEDGER)."""
    return folder_from("SHOUWEN_LEDGER")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright; a test makes its own context and pages from it."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous side runs an event loop in this thread; Django's guard takes it for ours.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    if os.geteuid() == 0:
        quiet.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, live_server: Any) -> Iterator[Any]:
    """A page of 1440 pixels in Chinese on the live server; asking another host or an error in it fails the test."""
    context = chromium.new_context(
        base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900}
    )
    elsewhere: list[str] = []
    errors: list[str] = []
    context.on("request", lambda request: elsewhere.append(request.url) if is_elsewhere(request.url) else None)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    page = context.new_page()
    yield page
    context.close()
    assert elsewhere == []
    assert errors == []


def is_elsewhere(url: str) -> bool:
    return not url.startswith(("http://localhost:", "http://127.0.0.1:", "data:", "blob:", "about:"))
