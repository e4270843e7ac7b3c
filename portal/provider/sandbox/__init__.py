"""A provider to build and test against: a real HTTP server in its own process.

`python -m portal.provider.sandbox` starts one, `launch.launch()` starts one for a test.
It speaks the contract of provider-api strictly, keeps its orders through a SIGKILL, and
misbehaves on request.
"""
