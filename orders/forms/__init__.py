"""What people type, turned into what verbs take."""
