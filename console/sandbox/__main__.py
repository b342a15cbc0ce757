"""Starts the sandbox: `python -m console.sandbox --port 8686 --tuya-port 8687`."""

import sys

from console.sandbox.cli import main

sys.exit(main())
