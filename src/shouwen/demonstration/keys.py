"""Names of what the stories write: the key of an entry says of which path, story and act it is.

``demo/PATH/STORY/ACT``; so an act is written once however often it is played, and a story can be gone on with.
"""

PREFIX = "demo/"


def key_of(path: str, story: str, act: str) -> str:
    return f"{PREFIX}{path}/{story}/{act}"


def path_of(key: str) -> str:
    return key.split("/")[1]


def story_of(key: str) -> str:
    return key.split("/")[2]
