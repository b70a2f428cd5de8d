"""Columns that are searched by how they begin, by index on both databases."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from shouwen.organisation.pinyin import initials, pinyin

if TYPE_CHECKING:
    Text = models.CharField[str, str]
else:
    Text = models.CharField

LAST_CHARACTER = "\U0010ffff"


class PrefixField(Text):
    """Text with the lookup ``prefix``: begins with, case counts. Give it an index."""


@PrefixField.register_lookup
class Prefix(models.Lookup):
    """Begins with.

    SQLite uses no index for Django's ``startswith`` and PostgreSQL none for a range
    under a linguistic collation: so a range on the one, LIKE on the other.
    """

    lookup_name = "prefix"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} LIKE %s", (*params, f"{connection.ops.prep_for_like_query(str(self.rhs))}%")

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_extra: object
    ) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        start = str(self.rhs)
        return f"({lhs} >= %s AND {lhs} < %s)", (*params, start, *params, start + LAST_CHARACTER)


class MadeField(PrefixField):
    """What is made from the row's other columns whenever the row is written, alone or in bulk."""

    def made(self, row: Any) -> str:
        """The value for ``row``."""
        raise NotImplementedError

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.made(model_instance)[: self.max_length]
        setattr(model_instance, self.attname, value)
        return value


class PinyinField(MadeField):
    """拼音 of ``name``: ``shanxiaoyu`` for 单晓雨."""

    def made(self, row: Any) -> str:
        return pinyin(row.name)


class InitialsField(MadeField):
    """拼音首字母 of ``name``: ``sxy`` for 单晓雨."""

    def made(self, row: Any) -> str:
        return initials(row.name)
