"""rddensity 3.0 on the frozen data; install rddensity==3.0 and run in this folder."""

import pandas as pd
from rddensity import rddensity

for name in ("senate_margin", "gov_transfers"):
    found = rddensity(pd.read_csv(f"../data/{name}.csv"))
    print(name, dict(found.test), dict(found.h))
