"""What-ifs that are kept (若改为): prepared, counted, attached to a version's publication, found again.

    asked = prepare(person, "8 小时", unit, version=version, change=Change(limits={…}), since=…, until=…)
    run(asked, progress)             # in the worker: as long as it takes to fold every journal twice
    attach(asked, published)         # a version is published with its effect beside it

``asked.summary`` and ``asked.behind`` are ``engine.Report.as_json()`` and ``behind_json()``.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db.models import Count, Q, QuerySet

from shouwen.engine import report
from shouwen.governance.models import InForce, PolicyVersion, Publication
from shouwen.governance.programs import policy_of
from shouwen.insight.models import JobState, WhatIf
from shouwen.insight.whatif import Change, Progress, among, compare, read_change
from shouwen.journal import clock
from shouwen.journal.models import Subject
from shouwen.organisation.access import visible
from shouwen.organisation.administration import APPROVAL, EVERYTHING, realms
from shouwen.organisation.models import Person, Unit
from shouwen.policy import Policy, load_text
from shouwen.policy.compare import changes

NO_CHANGE = Change()


def taken_in(version: PolicyVersion) -> Change:
    """The readings under which a version came into force last, as the change that they are upon its text."""
    force = InForce.objects.filter(policy_version=version).order_by("-since").first()
    return Change(readings=force.readings if force else {})


def prepare(
    person: Person,
    name: str,
    unit: Unit | None,
    *,
    version: PolicyVersion | None = None,
    policy: str = "",
    text: str = "",
    change: Change = NO_CHANGE,
    since: datetime | None = None,
    until: datetime | None = None,
    own: bool = True,
) -> WhatIf:
    """What is to be tried is kept, nothing is counted yet; by now's journals. Give a ``version``, or a ``text`` of the
    regulation named ``policy``; ``change`` names every reading that differs from what the text takes.

    Raises PolicyErrors for a text with mistakes, KeyError for what the policy does not have.
    """
    now = clock.now()
    made = WhatIf(
        person=person,
        name=name[:200],
        unit=unit,
        since=since,
        until=until,
        moment=now,
        made_at=now,
        policy=version.name if version else policy,
        policy_version=version,
        text=text,
        change=change.as_json(),
        own=own,
    )
    tried(made)
    plain = version.digest if version else sha256(text.encode()).hexdigest()
    made.digest = change.digest(plain)
    made.save()
    return made


def tried(asked: WhatIf) -> Policy:
    """The policy that it tries."""
    if asked.policy_version is not None:
        plain = policy_of(asked.policy_version)
    else:
        plain = load_text(asked.text, f"{asked.policy}.md", asked.policy)
    return read_change(asked.change).upon(plain)


def rows_of(asked: WhatIf) -> QuerySet[Subject]:
    """The subjects that it is about, as the house has them."""
    return among(asked.unit, asked.since, asked.until, asked.policy if asked.own else "")


def run(asked: WhatIf, progress: Progress = lambda done: None) -> WhatIf:
    """Count it and keep what came out."""
    rows, to = rows_of(asked), tried(asked)
    found = report(compare(rows, to, asked.moment, progress=progress))
    counted = rows.order_by().values_list("policy_version").annotate(n=Count("pk"))
    under: Counter[int] = Counter({pk: n for pk, n in counted if pk is not None})
    versions = PolicyVersion.objects.defer("text").in_bulk(under)
    asked.from_versions = [
        {"title": str(versions[pk]), "name": versions[pk].name, "digest": versions[pk].digest, "subjects": n}
        for pk, n in under.most_common()
    ]
    before = next((versions[pk] for pk, _n in under.most_common() if versions[pk].name == asked.policy), None)
    if before is not None:
        was = taken_in(before).upon(policy_of(before))
        asked.said = [[one.where, one.before or "", one.after or ""] for one in changes(was, to)]
    asked.summary, asked.behind = found.as_json(), found.behind_json()
    asked.state, asked.done_at = JobState.DONE, clock.now()
    asked.save()
    return asked


def matters_behind(person: Person, ids: Sequence[str], at: datetime) -> QuerySet[Subject]:
    """Of the matters kept behind a figure those that the person may see, the oldest first."""
    rows = visible(person, Subject.objects.filter(pk__in=ids), at)
    return rows.select_related("unit").order_by("opened_at", "pk")


def attach(asked: WhatIf, version: PolicyVersion) -> None:
    """It was shown when this version was published."""
    asked.attached_to = version
    asked.save(update_fields=["attached_to"])


def attach_to(publication: Publication) -> None:
    """What stood beside the proposal stands beside the version that it became."""
    version = publication.policy_version
    if publication.what_if is None or version is None:
        return
    for asked in WhatIf.objects.filter(pk=publication.what_if):
        attach(asked, version)


def readable(person: Person, at: datetime) -> QuerySet[WhatIf]:
    """Those that one has asked for, and those of units that one administers or approves policies for; without the
    figures themselves."""
    held = (*realms(person, at), *realms(person, at, APPROVAL))
    rows = WhatIf.objects.select_related("unit", "person", "policy_version").defer("summary", "behind", "text")
    if EVERYTHING in held:
        return rows
    wanted = Q(person=person)
    for path in held:
        wanted |= Q(unit__path__startswith=path)
    return rows.filter(wanted)
