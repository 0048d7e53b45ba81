"""Records merged by identity: of all publications of one record, which one holds. Pure; shared by every fold."""

from streams.records.publication import Publication, ended_on, greatest, same_content, stronger

__all__ = ["Publication", "ended_on", "greatest", "same_content", "stronger"]
