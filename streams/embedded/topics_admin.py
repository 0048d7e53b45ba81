"""Creates the topics on a broker, and says how they are."""

from __future__ import annotations

from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from streams import endpoints
from streams.errors import BrokerAway, WrongTopics
from streams.settings import Settings
from streams.topics import TOPICS


def connect(settings: Settings) -> KafkaAdminClient:
    """An admin client. Raises BrokerAway."""
    servers = endpoints.kafka(settings)
    try:
        return KafkaAdminClient(bootstrap_servers=servers, bootstrap_timeout_ms=10_000)
    except ValueError as error:
        raise BrokerAway(f"HUIYU_KAFKA={servers} is no address such as host:9092[,host:9092…]") from error
    except (KafkaError, OSError) as error:
        raise BrokerAway(f"no Kafka broker answers at {servers}: is it running, is HUIYU_KAFKA right?") from error


def partitions(admin: KafkaAdminClient) -> dict[str, int]:
    """Topic → number of partitions, of the topics that exist."""
    return {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics()}


def apply_topics(settings: Settings) -> list[str]:
    """Create the topics that are missing; their names. Raises WrongTopics when one has other partitions."""
    admin = connect(settings)
    try:
        existing = partitions(admin)
        wrong = {
            t.name: existing[t.name] for t in TOPICS if existing.get(t.name, settings.partitions) != settings.partitions
        }
        if wrong:
            found = ", ".join(f"{name} {count}" for name, count in sorted(wrong.items()))
            message = f"topics have other partitions than HUIYU_PARTITIONS={settings.partitions}: {found}"
            raise WrongTopics(f"{message}; their number is fixed when they are first created")
        missing = [topic for topic in TOPICS if topic.name not in existing]
        if missing:
            _create(admin, [NewTopic(t.name, settings.partitions, -1, topic_configs=dict(t.config)) for t in missing])
        return [topic.name for topic in missing]
    finally:
        admin.close()


def _create(admin: KafkaAdminClient, topics: list[NewTopic]) -> None:
    try:
        admin.create_topics(topics)
    except TopicAlreadyExistsError:
        return  # another `huiyu topics apply` was faster
