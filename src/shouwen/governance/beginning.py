"""How a new house begins (新装): with the standard policy in force, until it has a regulation of its own."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from shouwen.governance.actions import publish, put_in_force
from shouwen.governance.models import InForce, PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.organisation.models import Unit
from shouwen.policy import policies_folder


@dataclass(frozen=True)
class Begun:
    """What was put in force, in which units, and the posts by which the text finds people."""

    version: PolicyVersion
    units: tuple[Unit, ...]
    posts: tuple[str, ...]

    def __str__(self) -> str:
        names = "、".join(unit.name for unit in self.units)
        return (
            f"{names}：{self.version} 已施行。它要这些岗位：{'、'.join(self.posts)}；"
            "期限、数额和目标在“管理 → 参数与读法”里改，换成自己的规章在“管理 → 规章施行”。"
        )


@transaction.atomic
def begin(at: datetime) -> Begun | None:
    """Puts the policy of new houses (``SHOUWEN_FIRST_POLICY``) in force in every topmost unit.

    Once: None where anything is published already, where no unit stands, and where the file is not there.
    """
    tops = tuple(Unit.objects.holding(at).filter(parent=None).order_by("pk"))
    if not tops or PolicyVersion.objects.exists() or InForce.objects.exists():
        return None
    try:
        file = policies_folder() / f"{settings.SHOUWEN_FIRST_POLICY}.md"
    except FileNotFoundError:
        return None
    if not file.is_file():
        return None
    version = publish(file.read_text(encoding="utf-8"), name=file.stem, by=None, at=at)
    policy = policy_of(version)
    for unit in tops:
        for kind in policy.kinds:
            put_in_force(unit, kind, version, at)
    return Begun(version, tops, tuple(role.of for role in policy.roles.values() if role.form == "post"))
