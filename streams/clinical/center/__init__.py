"""What rules about a centre, its staff, its children and the sources see: plain values. Pure."""
