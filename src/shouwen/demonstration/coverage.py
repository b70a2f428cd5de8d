"""What the demonstration shows: how often each path, category, gate and state occurs in it (示范覆盖表)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shouwen.demonstration.keys import PREFIX, path_of
from shouwen.demonstration.stories import Script
from shouwen.engine import Program, Standing
from shouwen.governance.models import InForce
from shouwen.governance.programs import policy_of, program_of
from shouwen.journal.models import Duty, DutyState, Entry, Link, Subject, SubjectState
from shouwen.journal.rows import steps_of
from shouwen.policy import Policy
from shouwen.policy.model import Gate

ENOUGH = 5
CHUNK = 400
MASS = "群诉：一件事因下的户数"
SOON = "一小时内到期"


@dataclass(frozen=True)
class Section:
    """One kind of what is to be shown, each with how often it is."""

    title: str
    counts: dict[str, int]

    @property
    def short(self) -> list[str]:
        return [name for name, count in self.counts.items() if count < ENOUGH]


@dataclass
class Row:
    """The subjects of one path and category: in which states, and which gates they met."""

    path: str
    category: str
    states: Counter[str] = field(default_factory=Counter)
    gates: Counter[str] = field(default_factory=Counter)


@dataclass
class Coverage:
    sections: list[Section]
    rows: list[Row]

    @property
    def short(self) -> list[str]:
        return [f"{section.title}：{name}" for section in self.sections for name in section.short]


def coverage(now: datetime) -> Coverage:
    """Counted over the whole house, at `now` (aware)."""
    policies = {force.policy_version_id: policy_of(force.policy_version) for force in _in_force()}
    rows: dict[tuple[str, str], Row] = {}
    gates: Counter[str] = Counter()
    paths: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    named, asides = _paths()
    states = _duty_states()
    for subject, met in _journals(policies):
        path = named.get(str(subject.pk), "（其他）")
        policy = policies.get(subject.policy_version_id or 0)
        paths[_of(policy, path)] += 1
        row = rows.setdefault((path, _category(subject, policy)), Row(_of(policy, path), _category(subject, policy)))
        row.states.update([subject.get_state_display(), *states.get(str(subject.pk), ())])
        row.gates.update(met)
        gates.update(met)
        categories.update(_categories(subject, policy))
    expected = _expected(list(policies.values()))
    sections = [
        Section("路径", {name: (paths + asides)[name] for name in expected["paths"]}),
        Section("类别", {name: categories[name] for name in expected["categories"]}),
        Section("关口", {name: gates[name] for name in expected["gates"]}),
        Section("状态", dict(_states(now))),
    ]
    return Coverage(sections, sorted(rows.values(), key=lambda row: (row.path, row.category)))


def _in_force() -> list[InForce]:
    return list(InForce.objects.filter(until=None).select_related("policy_version"))


def _of(policy: Policy | None, path: str) -> str:
    return f"{policy.name} {path}" if policy else path


def _paths() -> tuple[dict[str, str], Counter[str]]:
    """The path of each subject, and in how many journals each aside occurs: the keys of the entries say so."""
    named: dict[str, str] = {}
    aside: set[tuple[str, str]] = set()
    rows = Entry.objects.filter(key__startswith=PREFIX).values_list(
        "subject_id", "seq", "key", "subject__policy_version__name"
    )
    for subject, seq, key, policy in rows.iterator():
        *_, act = str(key).split("/")
        if seq == 1:
            named[str(subject)] = path_of(str(key))
        if not act[0].isdigit():
            aside.add((str(subject), f"{policy} ＋{act.rstrip('0123456789.')}"))
    return named, Counter(name for _, name in aside)


def _journals(policies: dict[int, Policy]) -> Iterator[tuple[Subject, set[str]]]:
    """Every subject with the gates that it met: passed, broken or shut before what is owed."""
    stuck: dict[str, set[str]] = {}
    standing = (DutyState.OPEN, DutyState.OVERDUE, DutyState.PAUSED)
    for owner, shut in Duty.objects.filter(state__in=standing).exclude(stuck=[]).values_list("subject_id", "stuck"):
        stuck.setdefault(str(owner), set()).update(one["gate"] for one in shut)
    programs: dict[tuple[int, int, str | None], Program] = {}
    ids = list(Subject.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        subjects = list(Subject.objects.filter(pk__in=ids[start : start + CHUNK]).select_related("unit"))
        journals = steps_of(subjects)
        for subject in subjects:
            met: set[str] = set()
            version = subject.policy_version_id
            if version is not None and version in policies:
                key = (version, subject.unit_id, subject.calendar_version_id)
                if key not in programs:
                    programs[key] = program_of(version, subject.unit, subject.calendar_version_id)
                fold = Standing(programs[key], str(subject.pk), subject.kind)
                for step in journals[subject.pk]:
                    met |= {gate.id for gate, _, _missing in fold.openings.concerning(step, fold.kind)}
                    fold.step(step)
            yield subject, met | stuck.get(str(subject.pk), set())


def _duty_states() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    titles = dict(DutyState.choices)
    for subject, state in Duty.objects.values_list("subject_id", "state").distinct():
        found.setdefault(str(subject), set()).add(str(titles[state]))
    return found


def _category(subject: Subject, policy: Policy | None) -> str:
    """The first axis of the regulation, by which it sorts what is to be done."""
    first = next(iter(policy.axes), None) if policy and subject.matter else None
    return str(subject.axes.get(first) or "未定") if first else "—"


def _categories(subject: Subject, policy: Policy | None) -> list[str]:
    if policy is None or not subject.matter:
        return []
    return [_category_name(policy, axis, value) for axis, value in subject.axes.items() if value is not None]


def _category_name(policy: Policy, axis: str, value: str | bool) -> str:
    said = {True: "是", False: "否"}.get(value, value) if isinstance(value, bool) else value
    return f"{policy.name} {policy.axes[axis].title}={said}"


def _expected(policies: list[Policy]) -> dict[str, list[str]]:
    """Everything that these regulations, and the stories told of them, know."""
    by_name = {policy.name: policy for policy in policies}
    paths, categories, gates = [], [], []
    for name, policy in by_name.items():
        told = Script(name).told
        paths += [f"{name} {one['path']}" for one in (*told["stories"], *told["subjects"])]
        paths += [f"{name} ＋{one['name']}" for one in told["asides"]]
        for axis in policy.axes.values():
            values = (True, False) if axis.type == "bool" else axis.values
            categories += [_category_name(policy, axis.name, value) for value in values]
        gates += [gate.id for gate in policy.all_of(Gate)]
    return {"paths": paths, "categories": categories, "gates": gates}


def _states(now: datetime) -> Iterator[tuple[str, int]]:
    """States of duties and of subjects, and what else a house must be able to show."""
    duties = Counter(Duty.objects.values_list("state", flat=True))
    for state, title in DutyState.choices:
        yield f"义务 {title}", duties[state]
    owed = Duty.objects.filter(state__in=(DutyState.OPEN, DutyState.OVERDUE))
    yield "义务 卡在关口", owed.exclude(stuck=[]).count()
    hour = now + timedelta(hours=1)
    yield SOON, Duty.objects.filter(state=DutyState.OPEN, due_at__gt=now, due_at__lte=hour).count()
    matters = Counter(Subject.objects.filter(matter=True).values_list("state", flat=True))
    for state, title in SubjectState.choices:
        yield f"投诉 {title}", matters[state]
    reopened = Entry.objects.filter(type="reopened").values("subject").distinct().count()
    yield "投诉 办结后重新办理", reopened
    causes = Link.objects.filter(role="part_of").values_list("other", flat=True)
    yield MASS, max(Counter(causes).values(), default=0)
