# SPDX-License-Identifier: MIT
"""Real servers as context managers: each writes its configuration, picks free ports, and ends by pid."""
