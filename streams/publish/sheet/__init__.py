"""A spreadsheet becomes events: a TOML mapping says which cells make which fields. Sends nothing."""
