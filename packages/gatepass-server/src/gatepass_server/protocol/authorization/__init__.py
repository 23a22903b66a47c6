"""The authorization endpoint: from a request, over what a person does, to a code."""
