"""Exports of ФИС ОКО on the all-Russian tests (ВПР), known by their header rows."""
