"""What is looked at across journals (台账、检索、统计): search, the ledger, exports, acts upon many at once."""
