"""The audit: log and store compared record by record, in SQL that shares nothing with the stages."""

from streams.audit.compare import Check, Difference, Report
from streams.audit.run import audit

__all__ = ["Check", "Difference", "Report", "audit"]
