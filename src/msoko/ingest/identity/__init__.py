"""Who a row is about: schools behind codes, pupils behind pseudonyms, subjects behind names."""
