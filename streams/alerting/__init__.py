"""Alerts: what becomes of one when the episodes change that its rule finds, and how that is told. Pure."""
