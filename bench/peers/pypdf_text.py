"""Text of every page of the PDFs named, by pypdf."""
import logging
import sys
import warnings

import pypdf

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
for name in sys.argv[1:]:
    for page in pypdf.PdfReader(name).pages:
        try:
            page.extract_text()
        except Exception:  # A page that it cannot read costs it nothing here.
            pass
