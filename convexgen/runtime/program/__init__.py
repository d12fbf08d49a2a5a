"""The user's program, imported: what passes its doors is checked and translated here."""
