"""A text with what it extends (沿用): what the house published of it last, else what comes with the product."""

from shouwen.governance.models import PolicyVersion
from shouwen.policy import policies_folder
from shouwen.policy.bundle import bundled


def whole(text: str, name: str) -> str:
    """The text of the policy file ``name`` with the texts that it extends, as it is published, hashed and replayed.

    Raises PolicyErrors where it extends what is not there, or in the end itself.
    """
    return bundled(text, f"{name}.md", name, _extended)


def _extended(name: str) -> str | None:
    published = PolicyVersion.objects.filter(name=name, composition__isnull=True).order_by("-published_at", "-pk")
    newest = published.first()
    if newest is not None:
        return newest.text
    try:
        file = policies_folder() / f"{name}.md"
    except FileNotFoundError:
        return None
    return file.read_text(encoding="utf-8") if file.is_file() else None
