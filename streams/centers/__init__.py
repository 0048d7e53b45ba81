"""Centers: one centre's records → its days; the registry's entities. Pure, but for the stage's port."""
