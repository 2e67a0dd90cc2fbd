"""What the pages of the desk call: JSON over `intake.desk`, and pages that hold no text of a case."""
