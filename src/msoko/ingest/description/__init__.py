"""What a file that is not yet received is taken for, what it holds, how to declare it."""
