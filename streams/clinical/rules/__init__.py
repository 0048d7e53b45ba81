"""Rule packs: rules as data, each with id, version, effective dates, citation and parameters."""
