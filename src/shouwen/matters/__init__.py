"""What customers bring (事项): intake, first asked and hand-over, mass complaints, merging."""
