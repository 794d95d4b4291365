"""From an approved order to a filled one: the account, the paper venue, protection."""
