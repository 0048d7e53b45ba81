"""The page of rejections: each code in the order of precedence, with its cause and its remedy, in both languages."""

from __future__ import annotations

from schemas.problems import CODES
from streams.catalogue.markdown import code, page, table
from streams.catalogue.remedies import REMEDIES

INTRODUCTION = """
One event gets one rejection, which lists every problem found; its `code` is the first of this table that applies. What
the event itself shows, the SDK and `huiyu check` say before anything is sent. What arrived and was refused is on the
topic `rejected-events` and in the view [`rejections`](tables.md#rejections), identity and phone numbers masked, and
never holds up other events. Send it again as it should be.

每个被拒绝的事件只产生一条拒绝记录，列出全部问题；`code` 为下表中最先适用的一项。仅凭事件本身就能看出的问题，SDK 与
`huiyu check` 在发送之前即可发现。已到达而被拒绝的事件见主题 `rejected-events` 与视图
[`rejections`](tables.md#rejections)，身份证号码与电话号码已遮盖，不影响其他事件。请改正后重新发送。
"""


def rejections_page() -> str:
    """The whole page."""
    rows = [
        (str(place), code(name), f"{told.cause.en}\n{told.cause.zh}", f"{told.remedy.en}\n{told.remedy.zh}")
        for place, name in enumerate(CODES, 1)
        for told in (REMEDIES[name],)
    ]
    heads = ("", "code", "cause 原因", "what to do 处理")
    return page("# Rejections 拒绝代码", INTRODUCTION, table(heads, rows))
