"""`python -m tmws_core` is `tmws`."""

import sys

from tmws_core.commands import main

sys.exit(main())
