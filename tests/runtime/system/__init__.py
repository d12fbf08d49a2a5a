"""Tests of the functions of the system."""
