"""Load while processes are killed; then what was acknowledged is held against what is there."""
