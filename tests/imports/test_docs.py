"""The mapping that the document shows, and those that are shipped, are read without a mistake."""

import re
from pathlib import Path

import pytest
from tests.imports.files import mapping_file

from shouwen.imports.reader import read_mapping

ROOT = Path(__file__).parents[2]


def test_the_mapping_that_the_document_shows(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(.*?)```", (ROOT / "docs" / "import.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    mapping = read_mapping(mapping_file(tmp_path, found[1]))
    assert (mapping.source, mapping.key, len(mapping.entries)) == ("hotline-2018", ("年度", "编号"), 2)


@pytest.mark.parametrize("path", sorted((ROOT / "mappings").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_mappings(path: Path) -> None:
    assert read_mapping(path).source == path.stem
