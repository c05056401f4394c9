"""A user's own data: from a file to a Dataset. One file per question, from `reading` to `prepare`."""
