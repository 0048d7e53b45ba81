"""Timeline: one child's records → rows, milestones, alerts. Pure, but for the stage's port."""
