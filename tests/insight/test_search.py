"""Search finds exactly what LIKE finds, among exactly what ``visible()`` shows (检索与权限)."""

from collections.abc import Iterable

import pytest
from django.db import transaction
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Concat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.journal.world import FOUNDED, MONDAY, World

from shouwen.insight import search
from shouwen.insight.models import Line, Text, WideLine
from shouwen.insight.rebuild import again
from shouwen.insight.words import folded
from shouwen.journal.drafts import Draft, NewSubject
from shouwen.journal.models import Involved, Subject
from shouwen.journal.record import record_batch
from shouwen.organisation import actions
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person

CHARACTERS = "外墙渗水严重漏電梯滲𠮷😀aAbÄßİ12%_'\"\\*() \n，"
texts = st.text(CHARACTERS, min_size=1, max_size=12)
"""Simplified and traditional, a character beyond the basic plane, an emoji, both cases, and what LIKE, FTS5 and tsquery
take for signs of their own."""


def like(person: Person, words: Iterable[str]) -> set[str]:
    """Numbers of what the person sees in which LIKE finds every word."""
    rows = Text.objects.filter(line__subject__in=visible(person, Subject.objects.all(), MONDAY))
    rows = rows.annotate(all=Concat("said", "about", "whose", Value(""), output_field=TextField()))
    for word in words:
        rows = rows.filter(all__contains=word)
    return set(rows.values_list("line__number", flat=True))


def numbers(rows: "QuerySet[Line] | QuerySet[WideLine]") -> set[str]:
    return set(rows.values_list("number", flat=True))


def found(person: Person, text: str, *, exact: bool = True) -> set[str]:
    sought = search.read(text, exact=exact)
    return numbers(search.found(person, sought, MONDAY)) if sought else set()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(st.tuples(texts, st.sampled_from([0, 1]), st.sampled_from([0, 1]), st.booleans()), max_size=4),
    named=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.booleans()), max_size=3),
    asked=st.lists(texts, min_size=1, max_size=4),
    cut=st.tuples(st.integers(0, 3), st.integers(0, 11), st.integers(1, 12)),
)
def test_hits_are_those_of_like_among_what_is_visible(
    world: World,
    said: list[tuple[str, int, int, bool]],
    named: list[tuple[int, int, bool]],
    asked: list[str],
    cut: tuple[int, int, int],
) -> None:
    people = [world.clerk, world.second, world.boss, world.outsider, *Person.objects.filter(is_superuser=True)]
    units, owners = (world.project, world.other), (world.clerk, world.outsider)
    which, start, length = cut
    with transaction.atomic():
        calls = []
        for text, unit, owner, _confidential in said:
            data = {"channel": "电话", "text": text, "first_asked": str(owners[owner].pk)}
            calls.append([Draft(NewSubject("complaint", units[unit]), "received", data)])
        made = [result.subject for result in record_batch(calls, actor=world.actor(), now=MONDAY)]  # type: ignore[union-attr]
        if which < len(said):
            asked = [*asked, said[which][0][start : start + length]]
        for subject, (_text, _unit, _owner, confidential) in zip(made, said, strict=True):
            Subject.objects.filter(pk=subject.pk).update(confidential=confidential)
        for place, whom, by_post in named:
            if place < len(made) and whom < len(people):
                post = people[whom].appointments.values_list("post", flat=True).first() if by_post else None
                who = {"post_id": post} if post else {"person": people[whom]}
                Involved.objects.get_or_create(subject=made[place], **who)
        again([subject.pk for subject in made])
        for person in people:
            rows = numbers(visible(person, Line.objects.all(), MONDAY))
            assert rows == set(visible(person, Subject.objects.all(), MONDAY).values_list("number", flat=True))
            assert rows == numbers(visible(person, WideLine.objects.all(), MONDAY))
            for text in asked:
                words = folded(text.strip()).split()
                assert found(person, text) == (like(person, words) if words else set())
        transaction.set_rollback(True)


@pytest.fixture
def world(world: World) -> World:
    """Also with somebody who sees everything."""
    admin = actions.create_person("admin", "管理员")
    admin.is_superuser = True
    admin.save(update_fields=["is_superuser"])
    return world


def test_more_than_a_database_keeps_of_one_word_is_still_found(world: World) -> None:
    """PostgreSQL keeps 256 positions of a word, and none beyond 16,383: exactness must not rest on them."""
    subject = world.intake(text="渗水" * 9_000 + "外墙渗水严重")
    world.intake(text="外墙严重")
    assert found(world.clerk, "外墙渗水") == {subject.number}
    assert found(world.clerk, "水外") == {subject.number}


@pytest.mark.parametrize(
    ("text", "hit"),
    [("電梯", True), ("电梯", True), ("3栋1201", False), ("dian ti", False), ("停运 电梯", True), ("停运 渗水", False)],
)
def test_other_spellings_are_looked_for_beside_the_one_typed(world: World, text: str, hit: bool) -> None:
    subject = world.intake(text="电梯停运")
    assert found(world.clerk, text, exact=False) == ({subject.number} if hit else set())


def test_an_exact_search_takes_no_other_spelling(world: World) -> None:
    world.intake(text="电梯停运")
    assert found(world.clerk, "電梯") == set()


WAYS = ["3-1201", "3栋1201", "3-2-1201", "3栋2单元1201室", "138-0013-8000", "8000", "zhang ming yuan", "zmy", "张明"]


@pytest.mark.parametrize("text", WAYS)
def test_by_room_telephone_and_spelling(world: World, text: str) -> None:
    from shouwen.customers import actions as registry

    customer = registry.register(world.project, "张明远", FOUNDED, phones=["138 0013 8000"])
    other = registry.register(world.project, "李四", FOUNDED, phones=["13900139001"])
    home = registry.add_asset(world.project, "3", "1201", entrance="2")
    next_door = registry.add_asset(world.project, "13", "1201", entrance="2")
    subject = world.intake(customer=str(customer.pk), asset=str(home.pk))
    world.intake(customer=str(other.pk), asset=str(next_door.pk))
    hits = found(world.clerk, text, exact=False)
    assert hits == {subject.number} if "栋" in text else subject.number in hits


def test_who_may_not_sign_in_finds_nothing(world: World) -> None:
    world.intake()
    world.clerk.is_active = False
    assert found(world.clerk, "渗水") == set()
