"""Delivery of alerts to those who asked for them: planned once, tried until it succeeds, and told in a log."""
