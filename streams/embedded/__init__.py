"""Kafka, the ClickHouse engine and a supervisor over all processes, on one machine and without Docker."""
