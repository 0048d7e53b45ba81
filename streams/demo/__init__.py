"""The whole thing on one machine: stack up, a county simulated and published, its truth compared, an overview."""
