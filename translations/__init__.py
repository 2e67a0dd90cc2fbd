"""How it is said: catalogs, language detection, the language menu."""
