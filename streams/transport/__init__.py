"""Shards on Kafka: fenced, transactional, one per partition. The only code that touches Faust's insides."""
