"""What somebody typed to search by (检索词)."""


def typed(text: str, limit: int) -> str:
    """At most so many characters, trimmed, without NUL: PostgreSQL takes no query that holds one."""
    return text.replace("\0", "").strip()[:limit]
