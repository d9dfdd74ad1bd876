"""What the demo municipality sits: papers, marks, exams, and the biases planted in them."""
