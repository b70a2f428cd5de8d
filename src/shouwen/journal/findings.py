"""What a verification finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was recorded. `seq` is None where it is not about one entry."""

    subject: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        return f"{self.subject}{'' if self.seq is None else f' #{self.seq}'}: {self.what}"
