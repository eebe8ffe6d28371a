"""`clustering-peer.py <task> <file> <n> <d> [keys]`: scikit-learn, umap-learn or FAISS on float32 rows; prints one line of JSON."""
import json
import resource
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
task, file, n, d = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
x = np.fromfile(file, dtype="float32").reshape(-1, d)
if task == "ward":
    import sklearn
    from sklearn.cluster import ward_tree

    version = f"scikit-learn {sklearn.__version__}"
    points = x[:n].astype("float64")
    started = time.perf_counter()
    *_, heights = ward_tree(points, return_distance=True)
    seconds, check = time.perf_counter() - started, float(heights[-1])
elif task == "umap":
    import umap

    version = f"umap-learn {umap.__version__}"
    reduce = lambda rows: umap.UMAP(n_neighbors=30, n_components=50, min_dist=0, random_state=0).fit_transform(rows)
    reduce(x[:300])  # compiles
    started = time.perf_counter()
    reduce(x[:n])
    seconds, check = time.perf_counter() - started, 0.0
else:
    import faiss

    version = f"FAISS {faiss.__version__}"
    faiss.omp_set_num_threads(2)
    queries, keys = x[:n], x[n:]
    index = faiss.IndexFlatIP(d)
    index.add(keys)
    index.search(queries[:64], 1)
    started = time.perf_counter()
    _, found = index.search(queries, 1)
    seconds, check = time.perf_counter() - started, int(found.sum())
print(json.dumps({"version": version, "seconds": seconds, "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "check": check}))
