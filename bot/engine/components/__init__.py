"""Our own parts of the Rasa pipeline and server. They run in the engine's environment, apart from the project."""
