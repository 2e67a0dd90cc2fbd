"""What workers say: intents, their examples and words in every language, and the rules that stand before any model."""
