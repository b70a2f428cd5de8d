"""The command line: quick help, pure commands without Django."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from shouwen.cli import main
from shouwen.cli.root import COMMANDS


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"manage"}))
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert (result.exit_code, result.output[:6]) == (0, "Usage:")


def test_help_loads_no_django() -> None:
    code = (
        "import sys; from shouwen.cli import main; main(['--help'], standalone_mode=False); "
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, ["nonsense"]).exit_code == 2
