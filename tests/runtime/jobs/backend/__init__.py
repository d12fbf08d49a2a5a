"""A program that schedules, and is run by the clock."""
