"""`shouwen manage …`: Django's own commands."""

import sys

import click

from shouwen.house.boot import boot


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's own commands (migrate, makemigrations, shell, …) with this house's settings."""
    from django.core.management import ManagementUtility

    boot()
    ManagementUtility([f"{sys.argv[0]} manage", *arguments]).execute()
