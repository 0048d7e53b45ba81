"""In by HTTP: the JSON API for systems without a Kafka client. Knows the check, the SDK's ways and the store's views;
nothing of the stages.
"""
