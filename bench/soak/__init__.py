"""Load while processes are killed; then acknowledged writes are compared with the database."""
