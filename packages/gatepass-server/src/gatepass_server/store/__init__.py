"""Where facts are kept: ``ports`` says what is asked of a store, ``sql`` is the one that answers."""
