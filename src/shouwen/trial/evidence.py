"""What came about in a house while cases were acted out, by the rule that brought it about."""

from dataclasses import dataclass, field


@dataclass
class Evidence:
    """Facts read from the database and from refusals; names of rules are their full ids."""

    opened: set[str] = field(default_factory=set)
    """Rules of duties that stood in the database."""
    due: set[str] = field(default_factory=set)
    """Of them those with a due time."""
    chased: set[str] = field(default_factory=set)
    """Of them those for which the house wrote that they are overdue."""
    rows: set[tuple[str, str]] = field(default_factory=set)
    """(list, item) of each row that gave a duty its limit."""
    refused: set[str] = field(default_factory=set)
    """Gates that refused an act."""
    breached: set[str] = field(default_factory=set)
    """Gates whose breach the house wrote down."""
    proposed: set[str] = field(default_factory=set)
    """Rules whose consequence the house proposed."""
    values: set[tuple[str, object]] = field(default_factory=set)
    """(axis, value) as stored."""
    acted: set[tuple[str, str, str]] = field(default_factory=set)
    """(kind of subject, event, role) of acts that the holder of a power did."""
    withheld: set[tuple[str, str]] = field(default_factory=set)
    """(kind, event) of acts refused to somebody without the power."""
    demanded: set[tuple[str, str, str]] = field(default_factory=set)
    """(kind, event, field) of records refused for lack of the field."""
    recorded: set[str] = field(default_factory=set)
    """Events that stand in the journals."""
    papers: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    numbered: set[str] = field(default_factory=set)
    """Kinds of subject that were given a number by rule."""
    owners: set[str] = field(default_factory=set)
    """Roles that owe or did something."""
    problems: list[str] = field(default_factory=list)
    """What differs from the cases: file, line, case, instant."""
