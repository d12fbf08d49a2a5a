"""The front end: from the text of the functions folder to the `Ir`, in steps that never raise and never import it.

`read` turns one file into a small tree, `resolve` knows what a name means across files, `declare` gives every table,
type and function its meaning, `checks` say what is wrong with them, `lower` forgets the places.
"""
