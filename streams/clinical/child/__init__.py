"""A child as rules see it: what its records tell, its life, its milestones. Pure."""
