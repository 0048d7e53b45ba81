"""The ClickHouse side: connecting, the tables and their migrations, the queries that commands and pages ask."""
