"""Time as events: ticks that carry a moment and how far the sources were published by then."""
