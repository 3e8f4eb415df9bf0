"""Imports the CSV files that Synthea exports into a clinic."""
