"""The back ends. Each turns the `Ir` into files for one kind of output, and cannot fail."""
