"""Filters of images, eager and over chunk borders, against SciPy and scikit-image."""

import numpy as np
import scipy.ndimage
import skimage.filters
from ask import write

import dask_image.ndfilters
import dask_image.ndmeasure

SETUP = """\
from scipy import ndimage
import skimage.filters
from dask_image import ndfilters, ndmeasure
i = (np.arange(77).reshape(7, 11) * 37 % 101 - 30)
a = i / 7.0
f = a.astype("float32")
u = (i + 60).astype("uint8")
v = a[3]
t = (np.arange(60).reshape(3, 4, 5) * 31 % 53) / 3.0
la = da.from_array(a, chunks=(3, 4))
lu = da.from_array(u, chunks=(2, 11))
lt = da.from_array(t, chunks=(1, 3, 2))
lv = da.from_array(v, chunks=2)
k = np.array([[1.0, 0.0, -1.0], [2.0, 3.0, 0.5]])
foot = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
b = u > 90
"""
MODES = "reflect mirror nearest wrap constant".split()

names = {"__builtins__": __builtins__}
entries = []
for m in MODES:
    entries += [
        f"ndimage.gaussian_filter(a, 1.5, mode='{m}', cval=2.0)",
        f"ndimage.gaussian_filter(v, 4.0, mode='{m}')",
        f"ndimage.uniform_filter(a, 3, mode='{m}', cval=1.0)",
        f"ndimage.uniform_filter(a, (2, 4), mode='{m}', origin=(0, 1))",
        f"ndimage.sobel(a, mode='{m}')",
        f"ndimage.prewitt(a, axis=0, mode='{m}', cval=3.0)",
        f"ndimage.laplace(a, mode='{m}')",
        f"ndimage.median_filter(a, 3, mode='{m}', cval=-5.0)",
        f"ndimage.median_filter(i, (2, 3), mode='{m}')",
        f"ndimage.minimum_filter(a, (3, 4), mode='{m}')",
        f"ndimage.maximum_filter(i, 5, mode='{m}', cval=1000.0)",
        f"ndimage.convolve(a, k, mode='{m}', cval=1.5)",
        f"ndimage.correlate(a, k, mode='{m}', cval=1.5)",
        f"ndimage.percentile_filter(a, 30, size=3, mode='{m}')",
        f"ndimage.rank_filter(a, -2, footprint=foot, mode='{m}')",
        f"ndimage.correlate1d(a, [1.0, 2.0, -0.5, 4.0], axis=0, mode='{m}', origin=1)",
        f"ndimage.convolve1d(a, [1.0, 2.0, -0.5, 4.0], mode='{m}')",
        f"ndimage.gaussian_laplace(a, 1.0, mode='{m}')",
        f"ndimage.gaussian_gradient_magnitude(a, 1.0, mode='{m}')",
        f"skimage.filters.gaussian(a, 1, mode='{m}')",
    ]
    # Dask wraps around within chunks.
    if m != "wrap":
        entries += [
            f"ndfilters.gaussian_filter(la, 1.0, mode='{m}')",
            f"ndfilters.median_filter(lu, 3, mode='{m}')",
            f"ndfilters.sobel(la, axis=0, mode='{m}')",
        ]
single = []
for x in "a f u i v t".split():
    (single if x == "f" else entries).extend([
        f"ndimage.gaussian_filter({x}, 1)",
        f"ndimage.gaussian_filter({x}, 1, order=1)",
        f"ndimage.gaussian_filter({x}, 1.2, order=2)",
        f"ndimage.gaussian_filter({x}, 1.2, order=3)",
        f"ndimage.gaussian_filter1d({x}, 1.5, axis=0)",
        f"ndimage.uniform_filter({x}, 4)",
        f"ndimage.uniform_filter1d({x}, 3, axis=0)",
        f"ndimage.sobel({x})",
        f"ndimage.laplace({x})",
        f"ndimage.minimum_filter({x}, 3)",
        f"ndimage.maximum_filter({x}, 2)",
        f"ndimage.median_filter({x}, 3)",
        f"ndimage.percentile_filter({x}, 100, 3)",
        f"ndimage.percentile_filter({x}, -10, 3)",
        f"ndimage.rank_filter({x}, 1, 2)",
        f"ndimage.gaussian_gradient_magnitude({x}, 1)",
        f"skimage.filters.gaussian({x}, 1)",
        f"skimage.filters.gaussian({x}, 0.1)",
        f"skimage.filters.gaussian({x}, 2, preserve_range=True)",
        f"skimage.filters.sobel({x})",
        f"skimage.filters.prewitt({x})",
        f"skimage.filters.median({x})",
        f"skimage.filters.threshold_otsu({x})",
        f"ndimage.label({x} > 3)[0]",
        f"ndimage.label({x} > 3)[1]",
        f"ndimage.sum({x})",
        f"ndimage.maximum({x})",
        f"ndimage.center_of_mass(abs({x}.astype(float)))",
        f"ndimage.maximum_position({x})",
    ])
for x, n in (("la", 2), ("lu", 2), ("lt", 3), ("lv", 1)):
    sigma = {1: "2", 2: "(1, 2)", 3: "(0, 1, 0.8)"}[n]
    entries += [
        f"ndfilters.gaussian_filter({x}, {sigma})",
        f"ndfilters.uniform_filter({x}, 3)",
        f"ndfilters.uniform_filter({x}, 4)",
        f"ndfilters.sobel({x})",
        f"ndfilters.prewitt({x}, axis=0)",
        f"ndfilters.laplace({x})",
        f"ndfilters.median_filter({x}, 3)",
        f"ndfilters.minimum_filter({x}, 3)",
        f"ndfilters.maximum_filter({x}, 4)",
        f"ndfilters.percentile_filter({x}, 40, 3)",
        f"ndfilters.rank_filter({x}, 2, 3)",
    ]
    # Dask refuses what reaches further than the array is long.
    if x != "lt":
        entries += [
            f"ndfilters.gaussian_filter({x}, 1, order=1)",
            f"ndfilters.gaussian_filter({x}, 1.4)",
            f"ndfilters.gaussian_laplace({x}, 1)",
            f"ndfilters.gaussian_gradient_magnitude({x}, 1)",
        ]
entries += ["ndimage.gaussian_filter(a, 2.3, truncate=2.0)", "ndimage.gaussian_filter(t, 2.3, truncate=2.0)", "ndimage.mean(a)", "ndimage.mean(i)", "ndimage.mean(u)"]
entries += [
    "ndfilters.convolve(la, k)",
    "ndfilters.correlate(la, k)",
    "ndfilters.median_filter(la, footprint=foot)",
    "ndfilters.maximum_filter(la, footprint=foot)",
    "ndimage.minimum_filter(a, footprint=foot)",
    "ndimage.generic_filter(a, np.max, size=2)",
    "ndimage.gaussian_filter(u, 1, output=float)",
    "ndimage.gaussian_filter(np.zeros((0, 3)), 1)",
    "ndimage.gaussian_filter([1.0, 5.0], 20)",
    "ndimage.gaussian_filter(a, (1, 2, 3))",
    "ndimage.gaussian_filter(a, 1, mode='other')",
    "ndimage.median_filter(a)",
    "ndimage.rank_filter(a, 9, 3)",
    "ndimage.percentile_filter(a, 101, 3)",
    "ndimage.convolve(a, [1.0, 2.0])",
    "ndimage.label(b)[0]",
    "ndimage.label(b, np.ones((3, 3)))[0]",
    "ndimage.label(b, np.ones((3, 3)))[1]",
    "ndimage.sum(a, ndimage.label(b)[0], [1, 2])",
    "ndimage.mean(a, ndimage.label(b)[0], [1, 2, 3])",
    "ndimage.variance(a, ndimage.label(b)[0], 1)",
    "ndimage.standard_deviation(a, ndimage.label(b)[0], np.array([1, 2]))",
    "ndimage.minimum(a, ndimage.label(b)[0], [1, 2])",
    "ndimage.maximum(i, ndimage.label(b)[0], [1, 2])",
    "ndimage.median(a, ndimage.label(b)[0], [1, 2])",
    "ndimage.center_of_mass(u.astype(float), ndimage.label(b)[0], [1, 2])",
    "ndimage.maximum_position(a, ndimage.label(b)[0], 1)",
    "ndimage.minimum_position(a)",
]
import sys

sys.modules.setdefault("dask_image", __import__("dask_image"))
write("filters", SETUP, entries, rtol=1e-9)
write("filters", SETUP, single)
