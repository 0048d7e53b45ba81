"""Publish through a spool: what was given is on disk, and arrives also when broker or program were away meanwhile."""

from streams.publish import Publisher

CHILD = "cn-id:9350d5bc5f0d67b484016b03a93dfbe9"
DAY = [("V-20260302-20", 9.6), ("V-20260302-21", 9.7)]

with Publisher(source="clinic:chengguan", spool="chengguan.spool", report_daily_at="18:00") as publisher:
    for record, weight in DAY:
        data = {"clinic_id": "chengguan", "weight_kg": weight}
        publisher.record("checkup.recorded", CHILD, data, "2026-03-02T09:30:00+08:00", recordid=record)
    # Here the events are on disk. Waiting is for those who want to know; a system that goes on publishing need not.
    print(f"{publisher.flush(timeout=60)} events are acknowledged, {publisher.pending} wait")
