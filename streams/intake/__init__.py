"""Intake: published bytes → validated event of a known source and child; what is refused goes to rejected-events."""
