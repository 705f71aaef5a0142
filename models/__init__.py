"""Models: configuration, encoding, the network and its decoder."""
