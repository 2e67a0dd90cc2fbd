"""Confidential reports: interview, draft, sealing, receipts, routing."""
