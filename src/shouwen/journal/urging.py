"""Urging (催办、查办): who may, of what, and what it has come to."""

URGING = frozenset({"urged", "inquired"})
