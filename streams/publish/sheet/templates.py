"""The templates: which columns a sheet has, what each row of it becomes, and what makes a row the same record. Data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.kinds import KINDS, Kind
from streams.publish.sheet.columns import Column, column_of
from streams.publish.sheet.identifiers import IDENTIFIERS
from streams.publish.sheet.telling import DATES, Told


@dataclass(frozen=True, slots=True)
class Template:
    """`when`: the column of the event's date, None: by day columns (`days`). `key`: what, besides the child, makes a
    row this record; `constants`: fields that have no column. `facility`: the field that is the source's own ID.
    """

    name: str
    title: Told
    kind: Kind
    facility: str
    when: Column | None
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    example: Mapping[str, Any]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    when_else: str = ""
    """The column whose date is the event's where `when` is empty."""
    days: bool = False

    @property
    def all_columns(self) -> tuple[Column, ...]:
        return self.columns if self.when is None else (self.when, *self.columns)


def _when(zh: str, *aliases: str, required: bool = True, en: str = "date") -> Column:
    told = Told(zh, "the day on which it happened")
    return Column(en, Told(zh, en), "date", "/time", required, told, DATES, aliases=("日期", *aliases))


def _template(
    name: str, title: Told, kind: str, facility: str, columns: Mapping[str, tuple[str, ...]], **more: Any
) -> Template:
    defaults = more.get("defaults", {})
    made = tuple(
        column_of(kind, path, aliases, required=False if path == facility or path in defaults else None)
        for path, aliases in {**columns, facility: ()}.items()
    )
    return Template(name=name, title=title, kind=KINDS[kind], facility=facility, columns=made, **more)


REGISTRATIONS = _template(
    "registrations",
    Told("儿童建档", "registrations"),
    "child.registered",
    "clinic_id",
    {
        "sex": (),
        "birth_date": ("生日", "出生年月日"),
        "gestational_weeks": ("孕周",),
        "birth_weight_g": (),
        "community": ("社区名称", "所属社区"),
    },
    when=_when("建档日期", "登记日期"),
    key=(),
    example={
        "date": "2026-03-02",
        "sex": "female",
        "birth_date": "2026-01-20",
        "gestational_weeks": 39,
        "birth_weight_g": 3250,
    },
)
CHECKUPS = _template(
    "checkups",
    Told("健康检查", "checkups"),
    "checkup.recorded",
    "clinic_id",
    {
        "milestone": ("体检月龄", "体检类型"),
        "weight_kg": ("weight",),
        "length_height_cm": ("身长", "身高", "身长/身高", "身高/身长", "身高或身长", "length", "height"),
        "position": ("体位",),
        "head_circumference_cm": ("head circumference",),
        "haemoglobin_g_l": ("血色素", "haemoglobin"),
        "oedema": ("水肿",),
        "warning_signs.age_months": (),
        "warning_signs.positive": (),
        "vision": (),
        "hearing": (),
        "teeth": ("牙齿数",),
        "caries": ("龋齿",),
        "conclusions": ("评估结论",),
        "next_due": ("下次预约日期", "预约日期"),
    },
    when=_when("体检日期", "检查日期", "随访日期"),
    key=("date",),
    example={"date": "2026-03-02", "milestone": "m8", "weight_kg": 9.6, "length_height_cm": 75.2, "position": "lying"},
)
VACCINATIONS = _template(
    "vaccinations",
    Told("预防接种", "vaccinations"),
    "vaccination.recorded",
    "clinic_id",
    {"vaccine": ("疫苗", "疫苗名称"), "dose_no": ("针次", "剂次号", "dose")},
    when=_when("接种日期", "接种时间"),
    key=("vaccine", "dose_no"),
    example={"date": "2026-03-02", "vaccine": "MMR", "dose_no": 1},
)
ENROLMENT = _template(
    "enrolment",
    Told("入托登记", "enrolment"),
    "child.enrolled",
    "center_id",
    {
        "class_id": ("班级编号", "class"),
        "band": ("班级类型",),
        "service": ("服务方式", "托育类型"),
        "from_date": ("入园日期", "开始日期"),
        "until": ("结束日期",),
    },
    when=_when("登记日期", required=False, en="recorded_on"),
    when_else="from_date",
    key=("center_id", "class_id", "from_date"),
    example={"class_id": "tuoxiao-1", "band": "toddler", "service": "full-day", "from_date": "2026-03-02"},
)
ATTENDANCE = _template(
    "attendance",
    Told("出勤", "attendance"),
    "attendance.recorded",
    "center_id",
    {"class_id": ("班级编号", "class")},
    when=None,
    days=True,
    key=("center_id", "date"),
    example={"class_id": "tuoxiao-1"},
)
MORNING_CHECKS = _template(
    "morning-checks",
    Told("晨检", "morning checks"),
    "health-check.recorded",
    "center_id",
    {
        "class_id": ("班级编号", "class"),
        "kind": (),
        "temperature_c": ("体温", "temperature"),
        "symptoms": ("症状",),
        "action": ("处理结果", "处理措施"),
    },
    when=_when("检查日期", "晨检日期"),
    key=("center_id", "date", "kind"),
    defaults={"kind": "morning"},
    example={
        "date": "2026-03-02",
        "class_id": "tuoxiao-1",
        "temperature_c": 36.6,
        "symptoms": ["cough"],
        "action": "admitted",
    },
)
TEMPLATES: Mapping[str, Template] = {
    each.name: each for each in (REGISTRATIONS, CHECKUPS, VACCINATIONS, ENROLMENT, ATTENDANCE, MORNING_CHECKS)
}


def headings(template: Template, language: str) -> Iterator[str]:
    """The headings of a template's file, in their order; those of the days are not among them."""
    told = [*(each.heading for each in IDENTIFIERS), *(each.heading for each in template.all_columns)]
    yield from (each.zh if language == "zh" else each.en for each in told)
