"""Of each code of a rejection: why, and what to do about it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from schemas.parsing import DEEPEST, LARGEST_BYTES
from streams.intake.lots import MOST_PARKED
from streams.timeline.child import MOST_RECORDS


class Told(NamedTuple):
    en: str
    zh: str


class Explanation(NamedTuple):
    cause: Told
    remedy: Told


REMEDIES: Mapping[str, Explanation] = {
    "too-large": Explanation(
        Told(f"The event has more than {LARGEST_BYTES:,} bytes.", f"事件超过 {LARGEST_BYTES:,} 字节。"),
        Told(
            "Send figures and codes; scans and long texts stay in your system.",
            "只发送数值与代码；扫描件和长文本留在本系统。",
        ),
    ),
    "not-json": Explanation(
        Told(
            f"No JSON in UTF-8, a NaN, a name twice in one object, or more than {DEEPEST} levels.",
            f"不是 UTF-8 编码的 JSON、含 NaN、同一对象中名称重复，或嵌套超过 {DEEPEST} 层。",
        ),
        Told(
            "Let a JSON library write the event, as UTF-8 without a byte order mark; leave a missing number out.",
            "用 JSON 库生成事件，UTF-8 编码且不带 BOM；没有的数值不写该字段。",
        ),
    ),
    "not-cloudevents": Explanation(
        Told(
            "No JSON object, or `specversion`, `id`, `source` or `type` is missing or malformed.",
            "不是 JSON 对象，或缺少 `specversion`、`id`、`source`、`type`，或其格式不对。",
        ),
        Told(
            "Compare with [the envelope](events.md#the-envelope) and its example.",
            "对照[信封属性](events.zh.md#信封属性)及示例。",
        ),
    ),
    "raw-identifier": Explanation(
        Told(
            "A text or number holds a valid resident identity number or, in `data`, a mobile number.",
            "某个文本或数字含有效的身份证号码，或 `data` 中含手机号码。",
        ),
        Told(
            "Make a subject of the identity number with `huiyu token`; take phone numbers out. Look whether other "
            "events of yours carry them.",
            "身份证号码用 `huiyu token` 转换为匿名标识；删去电话号码，并检查其他事件是否也含有。",
        ),
    ),
    "unknown-type": Explanation(
        Told("`type` has the right form, but there is no such kind.", "`type` 格式正确，但没有这种事件。"),
        Told("Take the type from [the list](events.md), with `.v1`.", "按[目录](events.zh.md)填写，并加 `.v1`。"),
    ),
    "wrong-side": Explanation(
        Told("A source of this side may not send this kind.", "该来源所属方不得发送此类事件。"),
        Told(
            "Look who sends it in [the list](events.md); a registration, for example, comes from a clinic.",
            "见[目录](events.zh.md)中的“发送方”；例如儿童建档由医疗卫生机构发送。",
        ),
    ),
    "wrong-topic": Explanation(
        Told("The kind belongs on another topic.", "该类事件应发送到其他主题。"),
        Told(
            "The topic follows from the kind; of a retraction, from the kind it retracts. The SDK chooses it.",
            "主题由事件类型决定；撤回事件由被撤回的类型决定。SDK 会自动选择。",
        ),
    ),
    "key-mismatch": Explanation(
        Told("The record's key is not the event's subject.", "消息键与事件的 subject 不同。"),
        Told("Send the subject as the key, or no key.", "以 subject 为消息键，或不带键。"),
    ),
    "not-your-own": Explanation(
        Told(
            "`clinic_id` or `center_id` is not the source's own ID.",
            "`clinic_id` 或 `center_id` 不是来源自己的 ID。",
        ),
        Told(
            "Each clinic and centre reports what it did itself; only a registry reports for others.",
            "各机构只上报自己完成的工作；只有 registry 来源可代报。",
        ),
    ),
    "unknown-field": Explanation(
        Told("`data` has a field that its kind does not have.", "`data` 中有该类事件没有的字段。"),
        Told(
            "Mostly a typing error: the problem lists the names that there are.",
            "多为字段名输错：问题说明中列出了可用的名称。",
        ),
    ),
    "missing-field": Explanation(
        Told("A required field or attribute is missing or null.", "缺少必填字段或属性，或其值为 null。"),
        Told("Fill in what `path` names.", "补上 `path` 所指的字段。"),
    ),
    "bad-value": Explanation(
        Told(
            "A value has the wrong type, is out of range, or contradicts another.",
            "值的类型不对、超出范围，或与其他字段矛盾。",
        ),
        Told(
            "`allowed` says what fits; look at units first (kg, cm, °C), then at numbers written as text.",
            "`allowed` 说明允许的值；先看单位（千克、厘米、摄氏度），再看数字是否写成了文本。",
        ),
    ),
    "time-in-future": Explanation(
        Told(
            "`time` is more than 24 hours after the broker received the event.",
            "`time` 比消息服务器接收时间晚 24 小时以上。",
        ),
        Told(
            "Set the sender's clock and its offset; plans are no events.",
            "校准发送方的时钟与时区；计划中的事项不是事件。",
        ),
    ),
    "parking-overflow": Explanation(
        Told(
            f"More than {MOST_PARKED:,} records of one subject wait for its registration. A centre's record still "
            "counts in the centre.",
            f"同一对象等待建档的记录超过 {MOST_PARKED:,} 条。托育机构的记录仍计入该机构。",
        ),
        Told(
            "Register the child or link the subject, then send the record again.",
            "为儿童建档或关联身份后，重新发送该记录。",
        ),
    ),
    "too-many-records": Explanation(
        Told(f"One child has more than {MOST_RECORDS:,} records.", f"一名儿童的记录超过 {MOST_RECORDS:,} 条。"),
        Told(
            "Mostly one subject used for many children, or a new `recordid` at each sending: mend that first.",
            "多因多名儿童共用一个标识，或每次发送都换了 `recordid`：先改正。",
        ),
    ),
}
