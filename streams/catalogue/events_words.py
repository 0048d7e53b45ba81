"""What the page of events says around its tables, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.parsing import DEEPEST, LARGEST_BYTES
from streams.catalogue.words import Language


@dataclass(frozen=True, slots=True)
class Phrases:
    title: str
    introduction: str
    envelope: str
    about_envelope: str
    sides: Mapping[str | None, str]
    of_the_record: str
    of_the_side: str
    kind: str
    meaning: str
    side: str
    type: str
    topic: str
    sent_by: str
    subject: str
    field: str
    of_type: str
    allowed: str
    required: str
    yes: str
    example: str
    colon: str


_ENGLISH = Phrases(
    title="Events",
    introduction=f"""
[中文](events.zh.md) · [why an event is refused](rejections.md) · [AsyncAPI](asyncapi.json)

One Kafka record is one event: a [CloudEvents 1.0](https://cloudevents.io) JSON object in UTF-8, of at most
{LARGEST_BYTES:,} bytes and {DEEPEST} levels, with the event's subject as the record's key (a missing key is taken from
the subject). No header is needed. `huiyu check FILE` says offline whether events are valid.

A field that is not in its kind's table is refused, so that no typing error vanishes; numbers are JSON numbers and never
strings. Where a record says who did it, `clinic_id` and `center_id` are the source's own ID, unless a registry sends
it; only in `child.registered` they may name another. No name, address, phone or identity number may travel.
""",
    envelope="The envelope",
    about_envelope="""
The same for every kind; schema: [schemas/envelope.json](schemas/envelope.json). Other attributes are allowed and
ignored; `null` is an attribute that is not set.

(`source`, kind, `recordid`), within one subject, is a record's identity. Of all that is published of it the highest
`revision` holds, in whatever order it arrives; sending the same again changes nothing.
""",
    sides={"clinic": "Clinics", "center": "Centres", "registry": "The county health bureau", None: "Every side"},
    of_the_record="as for the record that is retracted",
    of_the_side=": that of the source's side",
    kind="kind",
    meaning="meaning",
    side="side",
    type="type",
    topic="topic",
    sent_by="sent by",
    subject="subject",
    field="field",
    of_type="type",
    allowed="allowed",
    required="required",
    yes="yes",
    example="For example",
    colon=":",
)

_CHINESE = Phrases(
    title="事件目录",
    introduction=f"""
[English](events.md) · [拒绝代码](rejections.md) · [AsyncAPI](asyncapi.json)

一条 Kafka 消息就是一个事件：UTF-8 编码的 [CloudEvents 1.0](https://cloudevents.io) JSON 对象，至多 {LARGEST_BYTES:,}
字节、{DEEPEST} 层嵌套；消息键为事件的 subject（不带键时取 subject），不需要消息头。`huiyu check FILE`
可离线检查事件是否有效。

表中没有的字段一律拒绝，因此输错的字段名不会被悄悄忽略；数字必须是 JSON 数字，不能写成字符串。说明“由谁完成”的记录中，
`clinic_id`、`center_id` 必须是来源自己的 ID，卫生健康主管部门（registry）除外；只有 `child.registered`
可以填写其他机构。姓名、住址、电话、身份证号码不得出现在事件中。
""",
    envelope="信封属性",
    about_envelope="""
所有事件相同；JSON Schema：[schemas/envelope.json](schemas/envelope.json)。允许有其他属性，会被忽略；`null` 等于未设置。

同一对象（subject）内，（`source`、事件类型、`recordid`）确定一条记录。同一记录无论以何种次序到达，`revision`
最大者有效；重复发送同一内容不会改变任何结果。
""",
    sides={"clinic": "医疗卫生机构", "center": "托育机构", "registry": "县级卫生健康主管部门", None: "各方通用"},
    of_the_record="与被撤回的记录相同",
    of_the_side="：由来源所属方决定",
    kind="事件",
    meaning="含义",
    side="所属方",
    type="type",
    topic="主题",
    sent_by="发送方",
    subject="对象（subject）",
    field="字段",
    of_type="类型",
    allowed="取值范围",
    required="必填",
    yes="是",
    example="示例",
    colon="：",
)

PHRASES: Mapping[Language, Phrases] = {"en": _ENGLISH, "zh": _CHINESE}
