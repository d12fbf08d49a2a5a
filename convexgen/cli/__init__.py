"""The command line. Kept empty of imports: `--version` must cost nothing."""

VERSION = "0.1.0"
"""The version of the package; a test holds it equal to what is installed."""
