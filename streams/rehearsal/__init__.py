"""Rule packs tried on examples: children written in TOML, folded by the real timeline stage in memory."""
