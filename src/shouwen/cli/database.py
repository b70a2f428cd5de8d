"""What every command that writes asks first."""

import click


def refuse_newer() -> None:
    """Raises ClickException where a newer version has written the database. Django is set up already."""
    from shouwen.house.database import steps_unknown_to_code

    newer = steps_unknown_to_code()
    if newer:
        raise click.ClickException(
            "the database was written by a newer version of Shouwen; nothing was changed.\n"
            f"Unknown here: {', '.join(newer)}"
        )
