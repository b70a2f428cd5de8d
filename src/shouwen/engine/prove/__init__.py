"""Proofs about a policy (证明): by its rules alone, and by walking through what can become of its subjects."""

from shouwen.engine.prove.fault import SORTS, Fault
from shouwen.engine.prove.organisation import Posts, everybody
from shouwen.engine.prove.proof import Part, Proof, prove
from shouwen.engine.prove.tell import story_sentences

__all__ = ["SORTS", "Fault", "Part", "Posts", "Proof", "everybody", "prove", "story_sentences"]
