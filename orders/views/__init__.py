"""The pages of orders: each parses, authorises and calls one verb."""
