"""What travels between systems and between stages; imports nothing of `streams`."""
