"""Our own parts of the Rasa pipeline and server. They run in the engine's environment and import nothing of the project."""
