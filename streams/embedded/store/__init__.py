"""ClickHouse's HTTP interface over the embedded engine (chdb), so that stock clients and real servers are alike."""
