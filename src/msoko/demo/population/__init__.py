"""Who lives in the demo municipality: schools, pupils, and what their schools return."""
