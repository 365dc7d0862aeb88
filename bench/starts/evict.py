"""Makes the kernel forget its cached pages of all files below some folders: evict.py <folder> [<folder> ...]

Only of these files: what else the machine has cached stays. Pages that were never written to disk would stay too.
"""

import os
import sys

for folder in sys.argv[1:]:
    for path, _, names in os.walk(folder):
        for name in names:
            file = os.open(os.path.join(path, name), os.O_RDONLY)
            try:
                os.fdatasync(file)
                os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(file)
