"""The registry (客户档案): customers, how to reach them, what they hold and held."""
