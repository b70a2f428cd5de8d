"""Ways out of the house (渠道): notices go out by mail."""
