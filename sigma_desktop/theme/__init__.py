"""The look: colours, type, icons and number formats, each from one table."""
