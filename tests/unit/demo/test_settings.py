"""The demo works in its own stack: nothing in the environment can send it to another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from streams.demo.run import own_settings
from streams.embedded.programs import environment_of


def test_no_variable_of_the_environment_reaches_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strange = {"KAFKA": "prod:9092", "CLICKHOUSE": "http://prod", "PARTITIONS": "3", "TIMEZONE": "America/Lima"}
    for name, value in (strange | {"COUNTY_KEY": "secret", "CLOCK": "live", "DATA": "/prod"}).items():
        monkeypatch.setenv(f"HUIYU_{name}", value)
    with own_settings(tmp_path) as settings:
        assert [name for name in os.environ if name.startswith("HUIYU_")] == []
        assert environment_of(settings) == {
            "HUIYU_DATA": str(tmp_path),
            "HUIYU_CLOCK": "manual",
            "HUIYU_TIMEZONE": "Asia/Shanghai",
            "HUIYU_PARTITIONS": "8",
            "HUIYU_SERVE_HOST": "127.0.0.1",
            "HUIYU_SERVE_EVENTS_PER_MINUTE": "60000",
        }
    assert os.environ["HUIYU_KAFKA"] == "prod:9092"


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_is_an_orderly_end_and_a_second_one_does_not_cut_it_short(name: str, code: int) -> None:
    script = f"""
import os, signal
from streams.demo.signals import orderly_end
with orderly_end():
    try:
        os.kill(os.getpid(), signal.{name})
        print("went on")
    finally:
        os.kill(os.getpid(), signal.{name})
        os.kill(os.getpid(), signal.SIGINT)
        print("ended in order")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "ended in order\n"), done.stderr


def test_a_demo_behind_nohup_does_not_hear_the_terminal_close() -> None:
    script = """
import os, signal
from streams.demo.signals import orderly_end
signal.signal(signal.SIGHUP, signal.SIG_IGN)
with orderly_end():
    os.kill(os.getpid(), signal.SIGHUP)
    print("went on")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr


def test_signals_do_what_they_did_before_after_the_end() -> None:
    before = signal.getsignal(signal.SIGTERM)
    from streams.demo.signals import orderly_end

    with orderly_end():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("kept_by", ["swallows it", "makes another error of it"])
def test_a_signal_ends_the_demo_also_where_a_library_keeps_its_exception(kept_by: str) -> None:
    script = f"""
import os, signal
from streams.demo.signals import orderly_end
with orderly_end() as ending:
    try:
        os.kill(os.getpid(), signal.SIGHUP)
    except BaseException as error:
        if {kept_by!r} == "makes another error of it":
            raise RuntimeError("future failed") from error
    ending.check()
    print("went on")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (129, ""), done.stderr


def test_a_signal_that_is_put_off_is_heard_at_the_end_of_it() -> None:
    script = """
import os, signal
from streams.demo.signals import orderly_end, put_off
with orderly_end():
    with put_off():
        os.kill(os.getpid(), signal.SIGTERM)
        print("went on to its end")
    print("went on further")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (143, "went on to its end\n"), done.stderr


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_in_the_middle_of_kafka_pythons_loop_is_heard_as_soon_as_that_is_left(name: str) -> None:
    """Raised within it, the exception would be kept by one of its tasks, and the loop would wait for that for ever."""
    script = f"""
import os, signal, time
from streams.demo.signals import orderly_end
loop = '''
def run():
    try:
        os.kill(os.getpid(), signal.{name})
        return "its work is done"
    except BaseException:
        return "a task is lost"
'''
within = dict(__name__="kafka.net.selector", os=os, signal=signal)
exec(loop, within)
with orderly_end():
    print(within["run"](), flush=True)
    for _ in range(1_000):
        time.sleep(0.01)
    print("went on")
"""
    code = 128 + getattr(signal, name)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "its work is done\n"), done.stderr


def test_a_signal_that_nothing_waited_for_is_the_end_all_the_same() -> None:
    script = """
import os, signal
from streams.demo.signals import orderly_end
within = dict(__name__="kafka.net.manager", os=os, signal=signal)
exec("def run(): os.kill(os.getpid(), signal.SIGTERM)", within)
with orderly_end():
    within["run"]()
print("went on")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (143, ""), done.stderr
