"""What travels: kinds, ranges, identifiers, and the check of published bytes."""
