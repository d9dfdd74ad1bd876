"""What schools of the demo municipality write into forms: numbers, surveys, olympiads, trials."""
