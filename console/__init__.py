"""The console: caseworkers, administrators and auditors. Case texts are opened in the browser, never here."""
