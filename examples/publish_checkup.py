"""A clinic's system publishes a checkup, corrects it, takes another back, and hears what is wrong with a third.

Needs the base install and HUIYU_KAFKA (or a stack of `huiyu up` in this folder).
"""

from datetime import datetime, timedelta, timezone

from streams.publish import Publisher, Refused, new_retraction

CLINIC = "clinic:chengguan"
CHILD = "cn-id:9350d5bc5f0d67b484016b03a93dfbe9"  # huiyu token --scheme cn-id 11010519491231002X
SEEN = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=8)))
CHECKUP = {"clinic_id": "chengguan", "weight_kg": 6.9, "length_height_cm": 75.2, "position": "lying"}

with Publisher(source=CLINIC) as clinic:
    # `recordid` is your own number of the record: everything later refers to it.
    clinic.record("checkup.recorded", CHILD, CHECKUP, SEEN, recordid="V-20260302-17")
    # 6.9 was 9.6: the same record, a higher revision.
    clinic.record("checkup.recorded", CHILD, {**CHECKUP, "weight_kg": 9.6}, SEEN, recordid="V-20260302-17", revision=2)

    # This one was another child's: published, then taken back.
    clinic.record("checkup.recorded", CHILD, {"clinic_id": "chengguan"}, SEEN, recordid="V-20260302-18")
    clinic.publish(new_retraction("checkup.recorded", CLINIC, CHILD, "V-20260302-18", 2, "wrong child", SEEN))

    try:
        clinic.record("checkup.recorded", CHILD, {**CHECKUP, "weight_kg": 960}, SEEN, recordid="V-20260302-19")
    except Refused as refused:
        for problem in refused.problems:
            print("refused:", problem)

    clinic.reporting_completed(
        through=SEEN + timedelta(hours=8)
    )  # once a day: from now on, silence means nothing happened
    print(clinic.flush(), "events are acknowledged")
