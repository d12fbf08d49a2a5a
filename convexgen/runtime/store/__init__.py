"""Where documents are kept: every version that a snapshot may still see, and entries of indexes, in plain values."""
