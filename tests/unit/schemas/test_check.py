"""One event, one verdict: each code of the contract, all problems at once, the first by precedence."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from schemas.check import Accepted, Refused, check
from tests.unit.schemas.published import CHILD, LEFT_OUT, NOON, RESIDENT, a_retraction, an_event, checked, problems


def codes(event: dict[str, Any] | bytes, **record: Any) -> list[str]:
    return [code for code, _ in problems(event, **record)]


def accepted(event: dict[str, Any], **record: Any) -> Accepted:
    answer = checked(event, **record)
    assert isinstance(answer, Accepted), answer.problems
    return answer


def refused(event: dict[str, Any] | bytes, **record: Any) -> Refused:
    answer = checked(event, **record)
    assert isinstance(answer, Refused)
    return answer


class TestSizeAndJson:
    def test_an_event_of_64_kib_is_read_and_one_byte_more_is_too_large(self) -> None:
        body = json.dumps(an_event(note=""), ensure_ascii=False).encode()
        padded = body.replace(b'"note": ""', b'"note": "' + b"x" * (65_536 - len(body)) + b'"')
        assert len(padded) == 65_536
        assert codes(padded) == []
        assert codes(padded.replace(b'"note"', b'"notes"')) == ["too-large"]

    def test_of_an_event_that_is_too_large_it_is_still_said_whose_it_was(self) -> None:
        answer = refused(json.dumps(an_event(note="x" * 100_000)).encode())
        assert (answer.source, answer.type, answer.subject) == ("clinic:chengguan", "checkup.recorded.v1", CHILD)
        assert len(answer.value) == 65_536

    @pytest.mark.parametrize(
        "value",
        [None, b"", b" ", b"{", b"nope", b'{"a":NaN}', b'{"a":Infinity}', b'{"a":-Infinity}', b'{"a":1e400}',
         b'{"a":"\xff"}', b"\xef\xbb\xbf{}", b'{"a":"\\ud800"}', b'{"a":1,}', b"{'a':1}", b'{"a":01}', b"{} {}",
         b'{"a":"\x01"}', b"[" * 2000, b"[" * 1000 + b"]" * 1000],
    )  # fmt: skip
    def test_what_is_no_json_is_said_so(self, value: bytes | None) -> None:
        answer = check(value, None, "clinic-events", NOON)
        assert isinstance(answer, Refused)
        assert [problem.code for problem in answer.problems] == ["not-json"]
        assert answer.sha256 == hashlib.sha256(value or b"").hexdigest()
        assert answer.size == len(value or b"")

    def test_32_levels_of_nesting_are_read_and_33_are_not(self) -> None:
        def nested(levels: int) -> dict[str, Any]:
            inner: Any = 1
            for level in range(levels - 1):
                inner = [inner] if level % 2 else {"x": inner}
            return an_event(deep=inner)

        assert codes(nested(32)) == []
        assert codes(nested(33)) == ["not-json"]

    @pytest.mark.parametrize(
        "value",
        [
            b'{"id":"1", "id":"1"}',
            b'{"id":"1", "i\\u0064":"2"}',
            b'{"data":{"x":1 ,"x"\t:2}}',
            b'{"data":{"items":[{"a":1},{"a":1,"a":1}]}}',
            b'{"a\\":":1,"b":1,"b":2}',
        ],
    )
    def test_a_name_twice_in_one_object_would_mean_two_things(self, value: bytes) -> None:
        assert codes(value) == ["not-json"]

    def test_names_that_only_look_alike_are_no_harm(self) -> None:
        event = an_event(note='"recordid": "x", "revision":2', data={"items": [{"code": 'a":', "value": '\\":'}] * 2})
        for text in (json.dumps(event), json.dumps(event, indent=2), json.dumps(event, separators=(" , ", " : "))):
            assert codes(text.encode()) == []

    @pytest.mark.parametrize("value", [b"[]", b"1", b'"x"', b"null", b"true", b"[{}]"])
    def test_json_that_is_no_object_is_no_cloudevent(self, value: bytes) -> None:
        assert problems(value) == [("not-cloudevents", "")]


PHONE_WITHIN = "id 11010519491231002X"


class TestAttributes:
    @pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
    @pytest.mark.parametrize("value", [LEFT_OUT, None, "", 1, [], {}, "x" * 300])
    def test_without_one_of_the_four_it_is_no_cloudevent(self, name: str, value: object) -> None:
        assert (codes(an_event(**{name: value})) or ["none"])[0] == "not-cloudevents"
        assert ("not-cloudevents", f"/{name}") in problems(an_event(**{name: value}))

    @pytest.mark.parametrize(
        "source", ["clinic:", "clinic:A", "clinic:-a", "shop:a", "clinic:" + "a" * 64, "clinic:a\n"]
    )
    def test_a_source_has_its_form(self, source: str) -> None:
        assert codes(an_event(source=source))[0] == "not-cloudevents"

    def test_all_four_are_told_at_once(self) -> None:
        told = problems(b'{"data":{},"time":"2026-03-02T09:30:00+08:00","subject":"x"}')
        assert [code for code, _ in told] == ["not-cloudevents"] * 4

    @pytest.mark.parametrize(
        "name", ["nothing.done.v1", "checkup.recorded.v2", "checkup.recorded.v10", "Check_Up.recorded.v1", "a.b.v0"]
    )
    def test_a_type_of_the_form_is_never_malformed_only_unknown(self, name: str) -> None:
        assert problems(an_event(type=name)) == [("unknown-type", "/type")]

    @pytest.mark.parametrize("name", ["nothing.done.v1", "nothing"])
    def test_a_type_that_nobody_knows_hides_nothing_else_of_the_envelope(self, name: str) -> None:
        wrong = {"revision": 0, "recordid": "", "recordedtime": "yesterday", "extension": PHONE_WITHIN}
        event = an_event(type=name, time="2026-03-09T09:30:00+08:00", **wrong)
        assert set(problems(event, key=b"another")) == {
            ("unknown-type" if name.endswith(".v1") else "not-cloudevents", "/type"),
            ("raw-identifier", "/extension"),
            ("key-mismatch", "/subject"),
            ("bad-value", "/revision"),
            ("bad-value", "/recordid"),
            ("bad-value", "/recordedtime"),
            ("time-in-future", "/time"),
        }
        bare = {"specversion": "1.0", "id": "1", "source": "clinic:chengguan", "type": name}
        assert {code for code, path in problems(bare) if path in ("/time", "/subject", "/data")} == {"missing-field"}

    @pytest.mark.parametrize(
        "name", ["checkup.recorded", "checkup.v1", "a.b.c.v1", "a.b.v", ".b.v1", "a b.c.v1", "a.b.v1 "]
    )
    def test_any_other_type_is_malformed(self, name: str) -> None:
        assert problems(an_event(type=name)) == [("not-cloudevents", "/type")]

    def test_time_and_subject_must_be_there(self) -> None:
        for nothing in (LEFT_OUT, None):
            event = an_event(time=nothing, subject=nothing)
            assert set(problems(event)) == {("missing-field", "/time"), ("missing-field", "/subject")}

    def test_data_must_be_there_and_be_an_object(self) -> None:
        assert problems({name: value for name, value in an_event().items() if name != "data"}) == [
            ("missing-field", "/data")
        ]
        for wrong in ([], "x", 1, None):
            assert problems(an_event(data=wrong)) == [("bad-value", "/data")]

    def test_recordid_and_revision_have_their_defaults(self) -> None:
        for nothing in (LEFT_OUT, None):
            event = accepted(an_event(id="message-7", recordid=nothing, revision=nothing, recordedtime=nothing)).event
            assert (event.recordid, event.revision, event.recordedtime) == ("message-7", 1, None)

    @pytest.mark.parametrize("wrong", [0, -1, 2**31, 2**70, 1.0, 1.5, "1", True, [1]])
    def test_a_revision_is_a_whole_number_from_1(self, wrong: object) -> None:
        assert problems(an_event(revision=wrong)) == [("bad-value", "/revision")]
        assert codes(an_event(revision=2**31 - 1)) == []

    @pytest.mark.parametrize("wrong", ["", "x" * 65, 7, {}])
    def test_a_recordid_has_1_to_64_characters(self, wrong: object) -> None:
        assert problems(an_event(recordid=wrong)) == [("bad-value", "/recordid")]
        assert codes(an_event(recordid="记" * 64)) == []

    def test_further_attributes_are_ignored(self) -> None:
        assert codes(an_event(traceparent="00-1-2-01", dataschema="x", sequence=7, partitionkey=None)) == []

    @pytest.mark.parametrize("subject", ["", "x", CHILD.upper(), "center:yucai", 7, [CHILD]])
    def test_a_subject_has_the_form_of_its_kind(self, subject: object) -> None:
        assert problems(an_event(subject=subject)) == [("bad-value", "/subject")]


class TestPlainIdentifiers:
    @pytest.mark.parametrize("name", ["id", "recordid", "subject", "time", "traceparent"])
    def test_an_identity_number_in_any_attribute(self, name: str) -> None:
        assert ("raw-identifier", f"/{name}") in problems(an_event(**{name: RESIDENT}))

    def test_a_mobile_number_is_one_in_data_only(self) -> None:
        assert codes(an_event(recordid="13800138000")) == []
        assert problems(an_event(data={"conclusions": ["电话13800138000"]})) == [
            ("raw-identifier", "/data/conclusions/0")
        ]

    def test_in_names_of_fields_too_and_the_pointer_does_not_repeat_it(self) -> None:
        found = problems(an_event(data={RESIDENT: 1}))
        assert found == [("raw-identifier", f"/data/{'*' * 18}"), ("unknown-field", f"/data/{'*' * 18}")]

    def test_without_its_quotes_too(self) -> None:
        assert codes(an_event(serial=440524188001010014))[0] == "raw-identifier"
        assert codes(an_event(data={"items": [{"code": "tel", "value": 13800138000}]})) == ["raw-identifier"]
        assert codes(json.dumps(an_event(serial=7)).replace("7}", "440524188001010014.0}").encode()) == [
            "raw-identifier"
        ]

    @pytest.mark.parametrize("ascii_only", [True, False])
    def test_full_width_and_escaped(self, ascii_only: bool) -> None:
        event = an_event(data={"conclusions": ["证件１１０１０５１９４９１２３１００２Ｘ"]})
        assert codes(json.dumps(event, ensure_ascii=ascii_only).encode()) == ["raw-identifier"]

    def test_it_is_masked_wherever_it_would_be_kept(self) -> None:
        event = an_event(subject=RESIDENT, data={"conclusions": [RESIDENT]})
        answer = refused(event, key=RESIDENT.encode())
        assert answer.code == "raw-identifier"
        assert answer.subject == "*" * 18
        assert answer.key == b"*" * 18
        assert RESIDENT.encode() not in answer.value
        assert not any(RESIDENT in str(problem) for problem in answer.problems)

    def test_a_number_with_a_wrong_check_character_is_a_number(self) -> None:
        assert codes(an_event(recordid="110105194912310021")) == []


class TestWhoMaySendWhatWhere:
    def test_a_clinic_may_not_send_a_centres_kind_nor_a_centre_a_clinics(self) -> None:
        attendance = an_event("attendance.recorded", source="clinic:yucai")
        assert problems(attendance) == [("wrong-side", "/type")]
        assert problems(an_event(source="center:chengguan")) == [("wrong-side", "/type")]
        assert problems(an_event("source.registered", source="clinic:chengguan")) == [("wrong-side", "/type")]

    def test_a_registry_may_send_every_kind_in_anybodys_name(self) -> None:
        for kind in ("checkup.recorded", "attendance.recorded", "center.filed"):
            assert codes(an_event(kind, source="registry:jingxian")) == []

    def test_a_retraction_of_a_kind_that_the_source_may_not_send(self) -> None:
        event = a_retraction("attendance.recorded", "clinic:chengguan")
        assert problems(event, topic="center-events") == [("wrong-side", "/type")]

    def test_the_topic_follows_the_kind_whoever_sends_it(self) -> None:
        for topic in ("center-events", "registry-events"):
            assert problems(an_event(source="registry:jingxian"), topic=topic) == [("wrong-topic", "")]
        event = a_retraction("center.filed", "registry:jingxian", "center:yucai")
        assert codes(event, topic="registry-events") == []
        assert codes(event, topic="center-events") == ["wrong-topic"]

    def test_the_topic_is_known_though_the_source_is_malformed(self) -> None:
        assert codes(an_event(source="x"), topic="center-events") == ["not-cloudevents", "wrong-topic"]

    def test_reporting_completed_goes_to_its_sources_topic_about_itself(self) -> None:
        event = an_event("reporting.completed", source="center:yucai", subject="source:center:yucai")
        assert codes(event, topic="center-events") == []
        assert codes(event, topic="clinic-events") == ["wrong-topic"]
        event["subject"] = "source:center:xinxing"
        assert problems(event, topic="center-events") == [("bad-value", "/subject")]

    def test_the_key_is_the_subject_or_missing(self) -> None:
        assert codes(an_event(), key=CHILD.encode()) == []
        assert codes(an_event(), key=None) == []
        for key in (b"", b"x", CHILD.encode() + b" ", b"\xff"):
            assert codes(an_event(), key=key) == ["key-mismatch"]

    def test_without_a_readable_subject_the_key_is_not_compared(self) -> None:
        assert problems(an_event(subject=LEFT_OUT), key=b"x") == [("missing-field", "/subject")]
        assert problems(an_event(subject=7), key=b"x") == [("bad-value", "/subject")]

    def test_offline_neither_topic_nor_key_nor_time_is_compared(self) -> None:
        value = json.dumps(an_event(time="2090-01-01T00:00:00Z")).encode()
        assert isinstance(check(value, b"x", None, None), Accepted)

    def test_a_record_says_it_is_its_own_sources(self) -> None:
        assert problems(an_event(data={"clinic_id": "wangtong"})) == [("not-your-own", "/data/clinic_id")]
        assert problems(an_event("attendance.recorded", data={"center_id": "xinxing"})) == [
            ("not-your-own", "/data/center_id")
        ]
        assert codes(an_event("child.registered", data={"clinic_id": "wangtong"})) == []

    def test_a_retraction_too(self) -> None:
        event = a_retraction("attendance.recorded", "center:yucai", center_id="xinxing")
        assert problems(event, topic="center-events") == [("not-your-own", "/data/center_id")]

    def test_where_a_referral_goes_is_anothers(self) -> None:
        assert codes(an_event("referral.made", data={"to_clinic": "elsewhere"})) == []


class TestRetractionsAndSources:
    @pytest.mark.parametrize(
        "kind", ["source.registered", "record.retracted", "reporting.completed", "nothing.done", ""]
    )
    def test_what_cannot_be_retracted(self, kind: str) -> None:
        event = a_retraction(kind, "registry:jingxian", "source:clinic:a")
        assert ("bad-value", "/data/kind") in problems(event, topic="registry-events")

    def test_the_subject_is_one_of_the_retracted_kind(self) -> None:
        event = a_retraction("center.filed", "registry:jingxian", CHILD)
        assert problems(event, topic="registry-events") == [("bad-value", "/subject")]

    def test_a_registry_says_whose_record_of_a_centre_it_retracts(self) -> None:
        bare = a_retraction("attendance.recorded", "registry:jingxian")
        assert problems(bare, topic="center-events") == [("missing-field", "/data/center_id")]
        bare["data"]["center_id"] = None
        assert problems(bare, topic="center-events") == [("missing-field", "/data/center_id")]
        bare["data"]["center_id"] = "yucai"
        assert codes(bare, topic="center-events") == []
        assert codes(a_retraction("checkup.recorded", "registry:jingxian")) == []

    def test_a_sources_side_is_its_prefix(self) -> None:
        event = an_event("source.registered", subject="source:center:chengguan")
        assert problems(event) == [("bad-value", "/data/side")]
        event["data"]["side"] = "center"
        assert codes(event) == []


class TestTime:
    def test_a_day_ahead_of_the_broker_is_no_future_and_a_millisecond_more_is(self) -> None:
        assert codes(an_event(time="2026-03-03T12:00:00.000+08:00")) == []
        assert problems(an_event(time="2026-03-03T12:00:00.001+08:00")) == [("time-in-future", "/time")]
        assert codes(an_event(time="2026-03-03T04:00:00z"), at=NOON) == []

    def test_to_the_millisecond_whatever_floating_point_makes_of_it(self) -> None:
        for at in range(NOON + 1, NOON + 1000, 7):
            text = f"2026-03-03T12:00:00.{at - NOON:03d}+08:00"
            assert codes(an_event(time=text), at=at) == []
            assert codes(an_event(time=text), at=at - 1) == ["time-in-future"]

    @pytest.mark.parametrize("year", ["2099", "2100", "2150", "9999"])
    def test_however_far_in_the_future_it_is_the_future(self, year: str) -> None:
        time = f"{year}-12-31T23:59:59-12:00"
        assert problems(an_event(time=time)) == [("time-in-future", "/time")]
        assert problems(an_event(time=time, data={"weight_kg": 99})) == [
            ("bad-value", "/data/weight_kg"),
            ("time-in-future", "/time"),
        ]

    def test_offline_a_time_is_within_what_the_store_holds(self) -> None:
        value = json.dumps(an_event(time="2100-01-01T00:00:00Z")).encode()
        answer = check(value, None, None, None)
        assert isinstance(answer, Refused)
        assert [(p.code, p.path) for p in answer.problems] == [("bad-value", "/time")]

    def test_other_times_are_within_what_the_store_holds_always(self) -> None:
        assert problems(an_event(recordedtime="2100-01-01T00:00:00Z")) == [("bad-value", "/recordedtime")]

    def test_what_was_typed_in_later_is_not_compared(self) -> None:
        assert codes(an_event(recordedtime="2026-03-09T12:00:00+08:00")) == []


class TestTheVerdict:
    def test_one_rejection_lists_every_problem_by_precedence(self) -> None:
        event = an_event(
            source="center:yucai",
            time="2027-01-01T00:00:00Z",
            data={"clinic_id": LEFT_OUT, "weight_kg": 960, "wieght": 9, "conclusions": ["13800138000"]},
        )
        assert codes(event, key=b"x", topic="center-events") == [
            "raw-identifier",
            "wrong-side",
            "wrong-topic",
            "key-mismatch",
            "unknown-field",
            "missing-field",
            "bad-value",
            "time-in-future",
        ]

    def test_no_message_repeats_a_value(self) -> None:
        event = an_event(recordid=["S3CRET"], data={"weight_kg": "S3CRET", "milestone": "S3CRET", "next_due": "S3CRET"})
        assert "S3CRET" not in str([str(problem) for problem in refused(event).problems])

    def test_a_pointer_is_escaped_and_short(self) -> None:
        found = problems(an_event(data={"a/b~c": 1, "x" * 1000: 2}))
        assert found[0] == ("unknown-field", "/data/a~1b~0c")
        assert len(found[1][1]) == 256

    def test_a_slash_before_a_number_does_not_hide_it(self) -> None:
        told = problems(an_event(data={"/110000200001010000": 1}))
        assert ("unknown-field", f"/data/~1{'*' * 18}") in told

    def test_a_key_as_large_as_a_record_may_be_is_cut(self) -> None:
        answer = refused(an_event(), key=b"k" * 1_000_000)
        assert answer.key == b"k" * 65_536

    def test_ten_thousand_wrong_fields_make_a_rejection_that_can_be_sent(self) -> None:
        answer = refused(an_event(data={f"f{n}": 1 for n in range(5000)}))
        assert len(json.dumps([problem.as_dict() for problem in answer.problems])) < 200_000
        assert answer.problems[-1].message == "and 4800 more problems"

    def test_an_accepted_event_says_what_intake_needs(self) -> None:
        answer = accepted(an_event("attendance.recorded"))
        assert (answer.side, answer.center_id, answer.kind.name) == ("center", "yucai", "attendance.recorded")
        assert (answer.event.kind, answer.event.retraction) == ("attendance.recorded", False)
        assert accepted(an_event()).center_id == ""

    def test_a_retraction_counts_as_its_record_in_the_centre_it_was_of(self) -> None:
        own = accepted(a_retraction("attendance.recorded", "center:yucai"), topic="center-events")
        assert (own.kind.name, own.event.kind, own.event.retraction) == (*["attendance.recorded"] * 2, True)
        assert own.center_id == "yucai"
        by_registry = a_retraction("attendance.recorded", "registry:jingxian", center_id="xinxing")
        assert accepted(by_registry, topic="center-events").center_id == "xinxing"

    def test_reporting_completed_is_of_its_sources_side(self) -> None:
        assert accepted(an_event("reporting.completed")).side == "clinic"
