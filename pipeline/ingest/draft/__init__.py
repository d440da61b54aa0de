"""First definitions of a wave, proposed from what its exports hold."""
