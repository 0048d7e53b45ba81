"""The same without huiyu's SDK: any Kafka client in any language, one JSON object, its subject as the key.

Needs kafka-python and HUIYU_KAFKA. What is wrong with an event is then found in `rejected-events`, not here.
"""

import json
import os

from kafka import KafkaProducer

EVENT = {
    "specversion": "1.0",
    "id": "0b6c7a52-8d0e-4c55-9a51-5d0d9d5c1f01",
    "source": "clinic:chengguan",
    "type": "checkup.recorded.v1",
    "time": "2026-03-02T09:30:00+08:00",
    "subject": "cn-id:9350d5bc5f0d67b484016b03a93dfbe9",
    "recordid": "V-20260302-17",
    "revision": 1,
    "data": {"clinic_id": "chengguan", "weight_kg": 9.6, "length_height_cm": 75.2, "position": "lying"},
}

producer = KafkaProducer(bootstrap_servers=os.environ["HUIYU_KAFKA"], acks="all", enable_idempotence=True)
future = producer.send("clinic-events", json.dumps(EVENT).encode(), key=EVENT["subject"].encode())
acknowledged = future.get(timeout=60)
print(f"acknowledged: {acknowledged.topic} partition {acknowledged.partition}")
producer.close()
