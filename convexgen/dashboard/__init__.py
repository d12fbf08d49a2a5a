"""The dashboard: a page that administrators look at a backend with, and what it is served by.

The page speaks to the backend as clients do, over the sync protocol, with functions of the system beside those of the
program. `page` holds it as browsers get it, without a step in between; `routes` serves it; `callers` decides who is
given a key.
"""
