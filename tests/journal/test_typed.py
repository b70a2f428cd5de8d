"""NUL never reaches the database, and a form says what it does not take (issue: Bad input)."""

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.test import Client
from django.urls import reverse
from tests.journal.world import World

from shouwen.customers.models import Asset, Customer
from shouwen.customers.queries import find, find_assets
from shouwen.journal import clock
from shouwen.journal.typed import typed

pytestmark = pytest.mark.django_db


def test_what_is_typed_is_trimmed_cut_and_freed_of_nul() -> None:
    assert typed(" \0李\0 明\0 ", 60) == "李 明"
    assert typed("漏" * 70, 60) == "漏" * 60


def test_nul_finds_what_is_found_without_it(world: World) -> None:
    on = clock.now().date()
    assert [find(text, Customer.objects.all(), on) for text in ("\0", "李\0", "1380\x00013")] == [[], [], []]
    assert find_assets("3-1201\0", Asset.objects.all()) == []


@pytest.mark.parametrize("page", ["workbench", "ledger", "find-customers", "find-assets", "find-people"])
def test_no_page_ends_in_an_error_over_it(world: World, client: Client, page: str) -> None:
    client.force_login(world.clerk)
    assert client.get(reverse(f"desk:{page}"), {"q": "李\0明", "state": "\0", "tab": "\0"}).status_code == 200


def test_a_form_says_what_it_does_not_take() -> None:
    with pytest.raises(ValidationError) as refused:
        ProhibitNullCharactersValidator()("a\0b")
    assert refused.value.messages == ["不能含有空字符（NUL）。"]
