"""Suites of expectations: read strictly, evaluated by Ibis or by Great Expectations itself."""
