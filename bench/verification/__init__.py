"""The library's checks beside those of other programs: the same token, keys and rules for all, in one run."""
