"""Records merged by identity: of all publications of one record, which one holds. Pure; shared by every fold."""

from streams.records.publication import Publication, greatest, same_content, stronger

__all__ = ["Publication", "greatest", "same_content", "stronger"]
