"""The house's settings as a browser and the database meet them."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from shouwen.house.database import steps_unknown_to_code
from shouwen.house.secret import kept_key


@pytest.mark.django_db
def test_sign_in_page_is_chinese_first_and_keeps_to_its_own_house() -> None:
    reply = Client().get("/accounts/login/")
    assert reply.status_code == 200
    assert reply.headers["Content-Language"] == "zh-hans"
    assert "script-src 'self';" in reply.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_sign_in_page_in_english() -> None:
    reply = Client(headers={"accept-language": "en"}).get("/accounts/login/")
    assert reply.headers["Content-Language"] == "en"


@pytest.mark.django_db
def test_nobody_signs_up_by_himself() -> None:
    from django.contrib.auth import get_user_model

    Client().post("/accounts/signup/", {"username": "stranger", "password1": "Long-word-9", "password2": "Long-word-9"})
    assert get_user_model().objects.count() == 0


@pytest.mark.django_db
def test_the_embedded_database_survives_a_crash_and_checks_its_references() -> None:
    if connection.vendor == "sqlite":
        read = {}
        with connection.cursor() as cursor:
            for pragma in ("journal_mode", "synchronous", "foreign_keys"):
                cursor.execute(f"PRAGMA {pragma}")
                read[pragma] = cursor.fetchone()[0]
        assert read == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}
    else:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_encoding")
            assert cursor.fetchone()[0] == "UTF8"


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_noticed() -> None:
    assert steps_unknown_to_code() == []
    MigrationRecorder(connection).record_applied("sessions", "0999_from_the_future")
    assert steps_unknown_to_code() == ["sessions.0999_from_the_future"]


def test_the_signing_key_is_made_once_and_is_the_owners(tmp_path: Path) -> None:
    home = tmp_path / "house"
    first = kept_key(home)
    assert len(first) == 50
    assert kept_key(home) == first
    assert [file.name for file in home.iterdir()] == ["secret-key"]
    assert (home / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_the_technical_administration_has_no_door_of_its_own() -> None:
    reply = Client().get("/admin/login/")
    assert (reply.status_code, reply.headers["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2Flogin%2F")
