"""What mypy says about the functions folder, as findings like any other.

Nothing is imported here, so that whoever asks whether a verdict still holds need not load how one is come by.
"""
