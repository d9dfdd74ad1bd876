"""Protocols of regional exam centres (РЦОИ): ОГЭ, ЕГЭ, appeals, known by their headers."""
