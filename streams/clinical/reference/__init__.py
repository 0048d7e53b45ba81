"""Reference tables as others published them; SOURCES.md says where each comes from and how far it was checked."""
