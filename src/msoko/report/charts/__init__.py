"""Charts that can be read in print, in grey and on a telephone."""
