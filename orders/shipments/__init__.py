"""Cards in the post: drafted, addressed, followed and printed for."""
