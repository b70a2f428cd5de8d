"""Proofs about a policy (证明): by walking through what can become of its subjects, and by its rules alone."""

from shouwen.engine.prove.fault import Fault
from shouwen.engine.prove.proof import Part, Proof, prove

__all__ = ["Fault", "Part", "Proof", "prove"]
