"""Reports and papers as files for offices: Excel, Word, calendars."""
