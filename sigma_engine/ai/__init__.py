"""The assistant: reads what is stored, answers in words, never acts."""
