"""Who lives in the demo municipality: schools, teachers and pupils, drawn from one seed."""
