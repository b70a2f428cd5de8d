"""Policies (规章): reads a policy file, checks it, says it in sentences, compares two versions.

No Django, no clock, no database.
"""

from shouwen.policy.model import Policy
from shouwen.policy.problems import PolicyErrors, Problem
from shouwen.policy.reader import load, load_named, load_text, policies_folder, policy_names, speaking_of

__all__ = [
    "Policy",
    "PolicyErrors",
    "Problem",
    "load",
    "load_named",
    "load_text",
    "policies_folder",
    "policy_names",
    "speaking_of",
]
