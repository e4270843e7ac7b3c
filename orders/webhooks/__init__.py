"""Telling other systems what became of rewards and orders."""
