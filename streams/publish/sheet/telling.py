"""What is said about a sheet, in the language of its headings. Nothing here knows what a cell holds."""

from __future__ import annotations

from typing import NamedTuple

from streams.publish.sheet.found import Language


class Told(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str

    def said(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class BadCell(Exception):
    """A cell that cannot be read as its column says; never repeats what it holds."""

    def __init__(self, message: Told, allowed: Told | None = None) -> None:
        super().__init__(message.en)
        self.message, self.allowed = message, allowed


NOTHING = Told("", "")
NO_NUMBER = Told("不是数字", "is no number")
NO_WHOLE_NUMBER = Told("不是整数", "is no whole number")
OTHER_UNIT = Told("单位不符，系统不作换算", "is in another unit, and nothing is converted")
NO_DATE = Told("不是日期", "is no date")
DATES = Told(
    "2026-03-02、2026/3/2、2026年3月2日或日期格式的单元格", "2026-03-02, 2026/3/2, 2026年3月2日, or a date cell"
)
NO_CHOICE = Told("不在可选值之内", "is none of the values")
NEITHER = Told("既不是“是”也不是“否”", "is neither yes nor no")
YES_OR_NO = Told("是、否", "yes, no")
NO_RESIDENT_NUMBER = Told("不是有效的身份证号", "is no valid resident identity number")
RESIDENT_NUMBER = Told("18 位，日期真实，校验码正确", "18 characters, a real date, the right check character")
LOST_DIGITS = Told("以数字格式保存，末几位已丢失", "was kept as a number and has lost its last digits")
AS_TEXT = Told("把单元格设为文本格式后重新录入", "type it again in a cell of format Text")
NO_CHILD = Told("没有说明是哪个儿童", "does not say which child it is about")
MISSING = Told("必填", "is missing")
NO_VALUE = Told("公式没有结果", "holds a formula without a value")
RECALCULATE = Told(
    "用表格软件打开并保存，或直接填写数值", "open and save the file in a spreadsheet program, or type the value"
)
ERROR_VALUE = Told("是错误值，如 #N/A", "holds an error such as #N/A")
ACROSS = Told("与其他列合并", "is merged with another column")
UNMERGED = Told("取消合并，各列分别填写", "unmerge it and fill in each column")
TWICE = Told("与第 {row} 行是同一条记录，内容却不同", "is the same record as row {row}, with other contents")
ONCE = Told("每条记录一行", "one row for each record")
NO_SUCH_DAY = Told("该月没有这一天", "is no day of that month")
DROPPED = Told("不读取、不发送的列：{columns}", "columns neither read nor sent: {columns}")
MARKED = Told("已标出有误的单元格", "the faulty cells are marked")

PROBLEMS = {
    "raw-identifier": Told("含有身份证号或手机号", "holds a plain identity number or a mobile number"),
    "not-your-own": Told("不是本机构", "names another clinic or centre"),
    "missing-field": MISSING,
    "time-in-future": Told("日期在将来", "is in the future"),
    "too-large": Told("内容过长", "is too long"),
}
"""What huiyu's own check says about an event, by its codes."""
IN_CHINESE = {"is out of range": "超出范围", "is not allowed": "不在允许范围内", "has the wrong type": "类型不对"}
"""What it says of values."""
ALLOWED = {
    "raw-identifier": Told("不含身份证号、手机号的文字", "text without them"),
    "not-your-own": Told("本机构的代码，或留空", "the source's own ID, or nothing"),
    "time-in-future": Told("不晚于此刻之后 24 小时", "at most 24 h from now"),
}
"""What is allowed instead, where it is not what the column says."""
