"""What clinical rules and schedules say. Pure: values in, values out."""
