"""What every generated client is made of, whatever the functions are.

`values` says how Python values travel, `errors` what can go wrong, `transport` what moves
a call to the server and `http` is one of those; `calls` ties them together.
"""
