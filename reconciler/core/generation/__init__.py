"""What is asked of a trained model: the order of a person, the rules which model may go where, and the body that is sent."""
