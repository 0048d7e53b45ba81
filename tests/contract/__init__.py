"""What others' software makes of our events, and we of theirs."""
