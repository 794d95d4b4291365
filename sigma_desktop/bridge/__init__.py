"""Between the engine and the panels: events in, commands out, one clock for painting."""
