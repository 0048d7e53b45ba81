"""What the supervisor's log tells of each process, also when the log was rotated."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.embedded.last_words import last_words
from streams.embedded.layout import Layout
from streams.embedded.supervisor_log import lives

BEFORE = """\
2026-03-01 05:55:01,100 INFO supervisord started with pid 1
2026-03-01 05:55:02,100 INFO spawned: 'sink' with pid 2
2026-03-01 05:55:03,100 WARN exited: sink (exit status 5; not expected)
2026-03-02 05:55:01,100 INFO supervisord started with pid 3
2026-03-02 05:55:02,100 INFO spawned: 'broker' with pid 4
2026-03-02 05:55:02,200 INFO spawned: 'timeline' with pid 5
"""
NOW = """\
2026-03-02 06:55:03,100 WARN exited: broker (terminated by SIGKILL; not expected)
2026-03-02 06:55:03,200 INFO spawned: 'broker' with pid 6
2026-03-02 06:55:03,300 WARN exited: timeline (terminated by SIGKILL; not expected)
2026-03-02 06:55:04,100 INFO spawned: 'timeline' with pid 7
2026-03-02 06:55:08,100 WARN exited: timeline (exit status 15; not expected)
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout.of(tmp_path)
    layout.prepare()
    (layout.logs / "supervisor.log.1").write_text(BEFORE)
    layout.log("supervisor").write_text(NOW)
    return layout


def test_only_what_happened_under_the_supervisor_that_runs_counts(layout: Layout) -> None:
    found = lives(layout)
    assert {name: life.starts for name, life in found.items()} == {"broker": 2, "timeline": 2}
    assert (found["sink"].starts, found["sink"].ended) == (0, "")


def test_the_last_end_is_told_by_its_exit_code_or_its_signal(layout: Layout) -> None:
    found = lives(layout)
    assert (found["broker"].ended, found["broker"].exit_code) == ("SIGKILL", None)
    assert (found["timeline"].ended, found["timeline"].exit_code) == ("exit 15", 15)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"event": "exit", "reason": "it is of state version 9", "level": "error"}', "it is of state version 9"),
        ('{"event": "Connection failed", "level": "error"}', "Connection failed"),
        ("huiyu: no broker answers", "huiyu: no broker answers"),
        ("[error] 17", "[error] 17"),
        ('"error"', '"error"'),
    ],
)
def test_a_process_last_words(layout: Layout, line: str, said: str) -> None:
    layout.log("timeline").write_text(f'{{"event": "shard opened", "level": "info"}}\n{line}\n{{"level": "info"}}\n')
    assert last_words(layout, "timeline") == f"{said} – see {layout.log('timeline')}"


def test_a_process_without_a_log_is_told_where_it_would_be(layout: Layout) -> None:
    assert last_words(layout, "sink") == f"see {layout.log('sink')}"
