"""Files of other systems (导入): read, mapped, and recorded as history through the journal's one door."""
