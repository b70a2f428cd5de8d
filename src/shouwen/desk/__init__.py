"""The staff's desk (工作台): frame, workbench, intake, a matter's page, the regulation to read. No business rules."""
