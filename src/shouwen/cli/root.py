"""The group of all commands. A command's module is imported when that command runs, not before."""

from importlib import import_module

import click

# Name → where the command is, and its line of help.
COMMANDS: dict[str, tuple[str, str]] = {
    "api": ("shouwen.cli.api:api", "Integrations with other systems, their tokens."),
    "calendar": ("shouwen.cli.calendar:calendar", "Years of the calendar: shown, imported; duties counted anew."),
    "demo": ("shouwen.cli.demo:demo", "An invented group to try the product on, with its sign-ins."),
    "export": ("shouwen.cli.export:export", "Journals as JSON Lines, for replay and for elsewhere."),
    "import": ("shouwen.cli.import_:import_", "A file of another system, by a mapping, as history."),
    "manage": ("shouwen.cli.manage:manage", "Django's own commands, with this house's settings."),
    "organisation": ("shouwen.cli.organisation:organisation", "Units, posts and people from a workbook."),
    "policy": ("shouwen.cli.policy:policy", "Regulations as files: check, show, print, compare, coverage."),
    "replay": ("shouwen.cli.replay:replay", "A journal under a policy, as duties and breaches."),
    "search": ("shouwen.cli.search:search", "Lines of the ledger and the index of search: made anew, compared."),
    "serve": ("shouwen.cli.serve:serve", "Web and worker on this machine."),
    "verify": ("shouwen.cli.verify:verify", "Whether the journals are what was recorded."),
    "whatif": ("shouwen.cli.whatif:whatif", "Journals under another policy, limit or reading: what would change."),
    "worker": ("shouwen.cli.worker:worker", "What time brings about: overdue duties, messages, anchors."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="shouwen", message="%(version)s")
def main() -> None:
    """Shouwen (首问): regulations that run."""
