"""What deployed clients and stored documents will notice of a change: two programs in, findings out. Pure.

`compare` says what is different, `findings` says it to a person at the places of the working tree, `allowances` leave
out what somebody has permitted for a time.
"""
