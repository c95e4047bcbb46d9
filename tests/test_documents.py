"""What the documents say about the code is true: the files that they name exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Where a name such as `apis/values.py` or `transport.py` may be meant to lie.
_FOLDERS = (ROOT, ROOT / "mockcentra", *(ROOT / "mockcentra").glob("**/"))


@pytest.mark.parametrize("document", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_every_file_that_it_names_exists(document: Path) -> None:
    named = re.findall(r"`([\w/.*-]+(?:/|\.(?:py|sql|txt|yaml|md|html)))`", document.read_text("utf-8"))
    missing = [name for name in named if not any(any(folder.glob(name)) for folder in _FOLDERS)]
    assert missing == []
