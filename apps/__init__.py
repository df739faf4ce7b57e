"""Charts to copy from: one file per chart."""
