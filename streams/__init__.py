"""huiyu's stages, its read side and its commands."""
