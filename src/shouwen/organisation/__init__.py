"""Units, posts and people (组织), all dated; who fills a role, and who may see or do what."""
