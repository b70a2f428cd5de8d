"""Every rule as a plain Chinese sentence, made from the rule: what the machine understood."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatchmethod

from shouwen.calendars import DateRule, Roll
from shouwen.policy.figures import said_formula
from shouwen.policy.model import (
    Axis,
    ChecklistItem,
    Clause,
    Definition,
    Duty,
    Every,
    Fact,
    FieldDue,
    Gate,
    LimitList,
    ListRow,
    Parameter,
    Policy,
    Power,
    Proposal,
    Reading,
    RecordRule,
    Reference,
    Responsibility,
    Role,
    Rule,
    Table,
    Waiting,
    Word,
)
from shouwen.policy.phrases import Phrases, joined, within_words
from shouwen.policy.rules import events_of

SORT_TITLES: dict[type[Rule], str] = {
    Duty: "义务",
    Gate: "关口",
    Table: "判定",
    LimitList: "时限表",
    ListRow: "时限",
    Power: "职权",
    RecordRule: "记录",
    Definition: "定义",
    Proposal: "建议",
    Responsibility: "职责",
    ChecklistItem: "检查项",
    Reference: "说明",
    Waiting: "待执行",
}
ROOM_TITLES = {
    "organisation": "组织",
    "governance": "规章管理",
    "customers": "客户",
    "matters": "事项",
    "papers": "文书",
    "fieldwork": "现场",
    "care": "客户关怀",
    "routines": "例行工作",
    "archives": "档案",
    "measures": "指标",
    "appraisal": "考核",
    "insight": "分析",
    "channels": "渠道",
    "desk": "工作台",
    "portal": "门户",
    "api": "接口",
}
_PLACES = {"own": "本单位的", "up": "本单位或最近上级的", "group": "集团的", "department": "所属部门的"}
_PARAMETER_TITLES = {
    "days": "“日、天”的含义",
    "count_first_day": "起算当日是否计入",
    "end_of_day": "最后一日的截止钟点",
    "cut_off": "计入次日的钟点",
    "roll": "遇休息日顺延",
    "late_entry": "补录的宽限",
    "presumption": "未判定时的推定",
}


def sentence(policy: Policy, rule: Rule) -> str:
    """The rule in one sentence."""
    return Sentences(policy).rule(rule)


def clause_sentences(policy: Policy, clause: Clause) -> list[tuple[Rule, str]]:
    """Each rule of the clause, also those under readings not taken, with its sentence."""
    sentences = Sentences(policy)
    return [(rule, sentences.rule(rule)) for rule in clause.rules]


LINK_TITLES = {"also": "并存", "replaces": "取代"}


def link_sentences(policy: Policy, clause: Clause) -> list[tuple[str, str]]:
    """(title, sentence) of what the clause says of others, and of what replaces it."""
    said = {"also": "与 {} 所说相同，同一行为只欠一次。", "replaces": "两者都施行时，以本条为准，{} 的规则不执行。"}
    found = [("沿用", f"沿用规章 {clause.origin} 的条款。")] if clause.origin else []
    found += [(LINK_TITLES[link.way], said[link.way].format(link.cited)) for link in clause.links]
    by = policy.replaced.get(clause.id)
    if by:
        found.append(("被取代", f"以 {by} 为准，本条的规则不执行。"))
    found += [("被取代", f"{one} 另有规则的，以 {one} 为准。") for one in clause.replaced if one != by]
    parts = {cited: one for cited, one in policy.replaced.items() if cited.startswith(f"{clause.id}#")}
    return [*found, *(("被取代", f"{cited} 以 {one} 为准，落实它的规则不执行。") for cited, one in parts.items())]


def heard_sentences(clause: Clause, others: Iterable[Policy]) -> list[tuple[str, str]]:
    """(title, sentence) of what clauses of other policies say of this one."""
    said = {
        "also": ("并存", "{} 与本条所说相同，都施行时只欠一次。"),
        "replaces": ("被取代", "两者都施行时，以 {} 为准，{}的规则不执行。"),
    }
    return [
        (said[link.way][0], said[link.way][1].format(other.id, f"落实 {link.cited} " if link.number else "本条"))
        for policy in others
        for other in policy.clauses
        for link in other.links
        if link.to == clause.id
    ]


class Sentences:
    """Says the rules and declarations of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.say = Phrases(policy)

    def rule(self, rule: Rule) -> str:
        """The rule's sentence, with its reading, kinds and further clauses."""
        notes = [self._kinds(rule)]
        if rule.also:
            notes.append(f"同时落实{'、'.join(rule.also)}")
        if rule.reading:
            taken = "" if rule.reading in self.policy.taken else "，未采用"
            notes.append(f"读法：{rule.reading}{taken}")
        noted = "；".join(note for note in notes if note)
        return self._said(rule) + (f"（{noted}）" if noted else "") + "。"

    def _kinds(self, rule: Rule) -> str:
        matters = tuple(name for name, kind in self.policy.kinds.items() if kind.matter)
        if rule.kinds == matters:
            return ""
        return f"对象：{'、'.join(self.policy.kinds[kind].title for kind in rule.kinds)}"

    @singledispatchmethod
    def _said(self, rule: Rule) -> str:
        raise NotImplementedError(type(rule).__name__)

    @_said.register
    def _(self, duty: Duty) -> str:
        say = self.say
        start = say.trigger(duty.trigger)
        each = "每次" if duty.again == "add" and not isinstance(duty.trigger, Every) else ""
        title = duty.title if duty.title != say.event(duty.act.event) else ""
        to = f"向{'、'.join(duty.to)}" if duty.to else ""
        parts = [
            f"{say.condition(duty.when)}时" if duty.when else "",
            f"{each}{start}",
            f"{duty.who}应{to}{say.act(duty.act)}" + (f"（{title}）" if title else ""),
            say.need(duty.need, duty.act.event) if duty.need else "",
            self._due(duty),
        ]
        return joined(parts) + self._duty_terms(duty)

    def _due(self, duty: Duty) -> str:
        if isinstance(duty.due, FieldDue):
            before = f"前{duty.due.ahead.sentence()}" if duty.due.ahead else ""
            return f"不迟于{self.say.event(duty.due.event)}所载的{self.say.key(duty.due.event, duty.due.key)}{before}"
        if isinstance(duty.due, DateRule):
            return duty.due.sentence()
        return "" if isinstance(duty.trigger, Every) else self.say.within(duty.within)

    def _duty_terms(self, duty: Duty) -> str:
        """What else the rule says of its time, instances and acts."""
        say = self.say
        terms = []
        if duty.agreed:
            agreed = f"{say.event(duty.agreed.event)}所载的{say.key(duty.agreed.event, duty.agreed.key)}"
            terms.append(f"有{agreed}的从其约定")
        if duty.roll:
            terms.append(Roll(duty.roll).sentence() or "不顺延")
        if duty.not_before:
            terms.append(f"不得早于起算后{duty.not_before.sentence()}")
        if duty.warn:
            terms.append(f"届满前{'、'.join(limit.sentence() for limit in duty.warn)}提醒")
        if duty.per:
            terms.append(f"每一{self._instance(duty, duty.per)}各计一项")
        if duty.again == "replace":
            terms.append("再次发生时重新起算")
        if duty.by:
            terms.append(f"以{'、'.join(duty.by)}的行为为准")
        if duty.excusable:
            terms.append("特殊情况除外")
        return "".join(f"；{term}" for term in terms)

    def _instance(self, duty: Duty, per: str) -> str:
        """What `per` names, in the words of the act, else of the trigger."""
        events = (self.policy.events[name] for name in (duty.act.event, *events_of(duty.trigger)))
        return next(event.fields[per].title for event in events if per in event.fields)

    @_said.register
    def _(self, gate: Gate) -> str:
        say = self.say
        same = f"同一{say.key(gate.shuts[0].event, gate.per)}" if gate.per else ""
        acts = "、".join(say.happening(shut) for shut in gate.shuts)
        words = joined(
            [
                f"{say.condition(gate.when)}时" if gate.when else "",
                f"在{same}{say.opening(gate.until)}之前",
                f"不得{acts}",
            ]
        )
        if gate.follow:
            words += f"；可先行，{within_words(gate.follow)}补齐"
        return words + (f"（{gate.title}）" if gate.title else "")

    @_said.register
    def _(self, table: Table) -> str:
        axis = self.policy.axes[table.axis]
        rows = [
            f"{self.say.condition(row.when)}的，为“{self._axis_value(row.value)}”" + self._reading(row.reading)
            for row in table.rows
        ]
        if table.otherwise is not None:
            rows.append(f"其余为“{self._axis_value(table.otherwise)}”")
        if table.latch:
            rows.append("一经判入不再退回")
        return f"{axis.title}按下列判定：{'；'.join(rows)}"

    @staticmethod
    def _axis_value(value: str | bool) -> str:
        return value if isinstance(value, str) else "是" if value else "否"

    def _reading(self, label: str | None) -> str:
        if label is None:
            return ""
        return f"（读法：{label}{'' if label in self.policy.taken else '，未采用'}）"

    @_said.register
    def _(self, limits: LimitList) -> str:
        return f"设“{limits.title or limits.name}”时限表"

    @_said.register
    def _(self, row: ListRow) -> str:
        titles = self.say.attribute_titles(row.list)
        terms = [f"{titles[key]}：{self.say.attribute(value)}" for key, value in row.attributes.items()]
        basis = [f"依据：{row.basis}"] if row.basis else []
        return "；".join([f"“{row.list}”：{row.item}，{within_words(row.within)}", *terms, *basis])

    @_said.register
    def _(self, power: Power) -> str:
        own = "，包括对自己所欠的义务" if power.own else ""
        return f"{power.who}有权{'、'.join(self.say.event(event) for event in power.may)}{own}"

    @_said.register
    def _(self, record: RecordRule) -> str:
        fields = "、".join(self.say.key(record.event, key) for key in record.require)
        return f"{self.say.event(record.event)}须记明{fields}，不全的不予登记"

    @_said.register
    def _(self, definition: Definition) -> str:
        policy, name = self.policy, definition.name
        words = {
            "axis": lambda: f"类别轴“{policy.axes[name].title}”",
            "fact": lambda: f"事实“{policy.facts[name].title}”",
            "event": lambda: f"事件“{policy.events[name].title}”",
            "kind": lambda: f"对象种类“{policy.kinds[name].title}”",
            "list": lambda: f"时限表“{name}”",
            "role": lambda: f"角色“{name}”",
            "paper": lambda: f"文书“{name}”",
            "parameter": lambda: f"参数“{_PARAMETER_TITLES.get(name, name)}”",
        }[definition.sort]()
        value = "" if definition.value is None else f"的值“{self._axis_value(definition.value)}”"
        return f"本定义用作{words}{value}"

    @_said.register
    def _(self, proposal: Proposal) -> str:
        fields = self.policy.events[proposal.propose].fields
        data = "、".join(f"{fields[key].title}：{value}" for key, value in proposal.data.items())
        parts = [
            f"{self.say.condition(proposal.when)}时" if proposal.when else "",
            self.say.trigger(proposal.on),
            f"建议{self.say.event(proposal.propose)}" + (f"（{data}）" if data else ""),
            f"对象：{'、'.join(proposal.against)}" if proposal.against else "",
            f"由{proposal.decide}决定",
        ]
        return joined(parts) + (f"（{proposal.title}）" if proposal.title else "")

    @_said.register
    def _(self, responsibility: Responsibility) -> str:
        return f"{responsibility.who}的职责：{responsibility.what}" if responsibility.who else responsibility.what

    @_said.register
    def _(self, item: ChecklistItem) -> str:
        return f"列入检查表：{item.item}"

    @_said.register
    def _(self, reference: Reference) -> str:
        return f"无须规则：{reference.why}"

    @_said.register
    def _(self, waiting: Waiting) -> str:
        spoken = "；".join(said_formula(waiting.rule))
        written = "、".join(f"{key}：{value}" for key, value in waiting.rule.items())
        what = f"{waiting.what}；{spoken}" if waiting.what and spoken else waiting.what or spoken or written
        return f"待“{ROOM_TITLES[waiting.room]}”模块执行：{what}"

    # --- declarations -----------------------------------------------------------

    def role(self, role: Role) -> str:
        """How the role's holder is found."""
        found = {
            "post": f"{_PLACES[role.at]}{role.of}",
            "party": f"外部方{role.of}" + (f"（见{self.say.event(role.event)}）" if role.event else ""),
            "actor": f"{self.say.event(role.of) if role.of in self.policy.events else role.of}的经办人",
            "authority": f"有“{role.of}”权限的人",
        }[role.form]
        also = f"，又写作{'、'.join(role.also)}" if role.also else ""
        return f"{role.name}：{found}{also}" + (f"；缺位时为{role.fallback}" if role.fallback else "") + "。"

    def axis(self, axis: Axis) -> str:
        values = "、".join(axis.values) if axis.values else "是、否"
        source = self._sources(axis.sources) or "由判定表判定"
        presumed = "从严" if axis.presumed is None else f"“{self._axis_value(axis.presumed)}”"
        why = f"（{axis.why}）" if axis.why else ""
        return f"{axis.title}：{values}；{source}；未判定时推定{presumed}{why}。"

    def fact(self, fact: Fact) -> str:
        if fact.count:
            return f"{fact.title}：{self.say.happening(fact.count)}的次数。"
        folds = {"last": "最近一次", "first": "第一次", "max": "最大", "min": "最小", "sum": "合计"}
        default = "" if fact.default is None else f"；没有记录时为{fact.default}"
        return f"{fact.title}：{self._sources(fact.sources)}，取{folds[fact.fold]}{default}。"

    def _sources(self, sources: tuple[FieldDue, ...]) -> str:
        return "、".join(f"{self.say.event(one.event)}的{self.say.key(one.event, one.key)}" for one in sources)

    def reading(self, reading: Reading) -> str:
        switch = self.switches(reading)
        choices = "；".join(
            f"{label}：{words}{'（采用）' if label == reading.take else ''}" for label, words in reading.choices.items()
        )
        demands = "、".join(str(demand).removeprefix(f"{self.policy.name}/") for demand in reading.of)
        note = "" if switch else "本读法不影响计算。"
        return f"{reading.name}（{demands}）——{choices}。理由：{reading.why}。{note}"

    def switches(self, reading: Reading) -> bool:
        """Whether a rule stands under one of its choices; else the reading is a note."""
        labels = {rule.reading for clause in self.policy.clauses for rule in clause.rules}
        for clause in self.policy.clauses:
            labels |= {row.reading for rule in clause.rules if isinstance(rule, Table) for row in rule.rows}
        return not labels.isdisjoint(reading.choices)

    def word(self, word: Word) -> str:
        if word.within is None:
            return f"“{word.name}”：不设时限，以历时显示。"
        return f"“{word.name}”：{within_words(word.within)}（本单位约定，非条文所定：{word.why}）。"

    def parameter(self, one: Parameter) -> str:
        used = [clause.id for clause in self.policy.clauses if one.name in clause.parameters]
        return f"“{one.name}”：{one.said}（本单位可改：{one.why}），用于{'、'.join(used)}。"

    def defaults(self) -> list[str]:
        """Meaning 4 and 8 as this policy sets them."""
        policy, rules = self.policy, self.policy.day_rules
        days = "工作日" if policy.days == "working" else "自然日"
        first = "计入" if rules.count_first_day else "不计"
        end = "24:00" if rules.end_of_day is None else f"{rules.end_of_day:%H:%M}"
        return [
            f"“日、天”指{days}，起算当日{first}，最后一日至 {end} 止。",
            *([f"{rules.cut_off:%H:%M} 以后的，按次日起算。"] if rules.cut_off else []),
            f"{rules.roll.sentence() or '最后一日遇节假日，条款写明顺延的才顺延'}。",
            f"事后超过{policy.late_entry.sentence()}才登记的，标明为补录。",
            f"时间按 {policy.zone}。",
        ]
