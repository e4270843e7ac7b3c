"""The trigger API: what other systems call, under /api/v1/.

entrance -> door (who calls) -> reading (what they sent) -> translating -> a verb
"""
