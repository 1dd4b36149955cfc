"""What the texts of the lessons have lost or garbled, so that `courses.py` can run them: code only.

Pages that were printed and scanned lack the cells that were pictures there, and some signs and spaces of the others.
"""

# What the scan made of a line, and what stood there.
GARBLED = [
    ("total_sum = = sum([z, z2])", "total_sum = sum([z, z2])"),
    ("x^2 = delayed(inc)(1)\ny^2 = delayed(inc)(2)", "x2 = delayed(inc)(1)\ny2 = delayed(inc)(2)"),
    ("mean val", "mean_val"),
    ("all vals", "all_vals"),
    ("max mean", "max_mean"),
    ("da array", "da_array"),
    ("da_arra ay", "da_array"),
    ("da .from_array (", "da.from_array("),
    ("large_ nparray = np.ra ndom.randint (0,100,(10000,1000, 100))", "large_nparray = np.random.randint(0,100,(10000,1000,100))"),
    ("myarra y = da.random.r andint(0,100 ,(10000,1000,100))", "myarray = da.random.randint(0,100,(10000,1000,100))"),
    ("myarra у", "myarray"),
    ("myarray .sum", "myarray.sum"),
    ("n\not specified", "not specified"),
    ("real_cou nt", "real_count"),
    ("births.st tate", "births.state"),
    ("births.state e ==", "births.state =="),
    ("hs_da.state.unique", "births_da.state.unique"),
    ("0:2\n0]", "0:20]"),
    ("'flo\nat64'", "'float64'"),
    (".csv\n'", ".csv'"),
    ("value\ns,", "values,"),
    ("**from dask image import** imread, ndfilters import dask", "from dask_image import imread, ndfilters\nimport dask"),
    ("Cou rses", "Courses"),
    ("import Client client = Client", "import Client\nclient = Client"),
    (') client', ')\nclient'),
    ("%%time myarray.mean().compute() CPU times: user 302 ms, sys: 32.4 ms, total: 335 ms Wall time: 7.14 s", "%%time\nmyarray.mean().compute()"),
    ("CPU tir y.mean().comput nes: user 462 m ime: 2.83 s ms, total: 515 ms", "%%time\nmyarray.mean().compute()"),
]

# Slips of those who wrote the lessons: Python refuses these cells, too. The cell is run as it is, then as it was meant.
SLIPS = [
    ("import dask-\n", "import dask\n"),
    ("import Cient", "import Client"),
    ("delay(np.prod)", "delayed(np.prod)"),
    ("mean_val =np.mean(im)", "mean_val =np.mean(filtered)"),
    (".group_by(", ".groupby("),
    ("/Users/gw18g940/OneDrive - Universitaet Bern/Courses/DaskCourse/Butterflies", "../Data/Butterflies"),
    ("    # prennent du temps ici\n\nma_fonction", "    # prennent du temps ici\n    return x + y\n\nma_fonction"),
    ("    # prennent du temps ici\n\nx = ", "    # prennent du temps ici\n    return x + y\n\nx = "),
    ("    # prennent du temps ici$", "    # prennent du temps ici\n    return x + y"),
]

# Cells that are pictures in a scan, in the order of the lessons: those that stand before the cell that begins so.
LOST = [
    ("total_plus = z + z2", []),
    ("total_sum = sum([z, z2])", ["total_plus.visualize()"]),
    ("from dask.distributed import Cient", ["total_sum.visualize()", "total_sum.compute()"]),
    ("filenames = [os.path.abspath(f)", ["filenames = glob.glob('../Data/BBBC032/*.tif')\nfilenames"]),
    ("from dask.distributed import LocalCluster", ["max_mean.visualize()", "%%time\nmax_mean.compute()"]),
    ("cluster", ["import dask.array as da\nmyarray = da.random.normal(0, 1, (2000, 2000), chunks=(500, 500))\nmaxval = myarray.max()", "for i in range(20):\n    myarray = myarray + da.random.normal(0, 1, (2000, 2000), chunks=(500, 500))\nmaxval = myarray.std()"]),
    ("logical_array = myarray > 0.5", ["myarray = da.random.random((5000,5000))\nmyarray", "myarray[::2, :]"]),
    ("proj = myarray.sum(axis = 0)", ["extracted_values.compute()", "np.cos(myarray)"]),
    ("newda = da.dot(myarray, myarray", ["newda.visualize()"]),
    ("reshaped = np.reshape(myarray,(1000,5000,5))", ["type(eigenval)", "myarray = da.zeros((5000,5000))\nmyarray", "reshaped = np.reshape(myarray,(5000,5,1000))\nreshaped"]),
    ("import dask.array as da\nimport numpy as np\nda_array", ["reshaped"]),
    ("from dask.distributed import Client", ["import matplotlib.pyplot as plt\nplt.bar(bins[:-1], myhist.compute(), width=0.2)"]),
    ("births.loc[0]", ["import pandas as pd", "births = pd.read_csv('../Data/Birthdays.csv')", "births"]),
    ("births_da", ["births_da = dd.read_csv('../Data/Birthdays.csv', blocksize=5000000)"]),
    ("births_group_mean.compute()", ["births_group = births_da.groupby('state')", "births_group_mean = births_group.mean()", "births_group_mean.visualize()"]),
    ("wikipedia_changes.loc[0].compute()", ["wikipedia_changes.head()"]),
    ("real_count.head(n = 30)", ["first_words", "' '.join(first_words.str)", "count_str = wikipedia_changes.str.value_counts()", "real_count = count_str.compute()"]),
    ("import glob", ["wiki_large"]),
    ("maxproj = my_array.min(axis = 2)", ["import dask\nimport dask.array as da\nmy_array = da.random.random((1000, 1000, 50))\nmy_array"]),
    (
        "taxi = taxi[['trip_seconds', 'fare']]",
        [
            "%%time\nmax_result = maxproj.compute()\ndiff_result = difference.compute()",
            "%%time\nmax_result, diff_result = dask.compute(maxproj, difference)",
            "dask.visualize(maxproj, difference)",
            "taxi = dd.read_csv('../Data/Chicago_taxi/chicago.csv', dtype={'taxi_id': 'float64'}, blocksize=64000000)\ntaxi",
        ],
    ),
    (
        "import matplotlib.pyplot as plt\nimport numpy as np\nfig, ax",
        [
            "from dask_ml.model_selection import train_test_split\ntrain, test = train_test_split(taxi)",
            "from dask_ml.linear_model import LinearRegression",
            "linfit_model = LinearRegression()",
            "linfit_model.fit(train.trip_seconds.values.reshape(-1, 1), train.fare.values)",
            "linfit_model.predict(test.trip_seconds.values.reshape(-1, 1))",
        ],
    ),
    ("im_downscale", ["im_downscale = images[:, ::4, ::4, 0]"]),
    ("import matplotlib.pyplot as plt", ["result = dask.compute(im_downscale, im_filtered)"]),
]
