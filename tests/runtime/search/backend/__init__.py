"""Foods that are found by what is said of them and by what they are like."""
