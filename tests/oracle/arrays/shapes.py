"""Shapes grown and shrunk, regions, and what labels mark, against SciPy, dask_image and scikit-image.

    python tests/oracle/arrays/shapes.py        from the project's folder
"""

import dask_image.ndfilters
import dask_image.ndfourier
import dask_image.ndmeasure
import dask_image.ndmorph
import skimage.color
import skimage.filters
import skimage.measure
import skimage.morphology
import skimage.util  # noqa: F401
from ask import write

SETUP = """\
from scipy import ndimage
from dask_image import ndfilters, ndfourier, ndmeasure, ndmorph
from skimage import color, filters, img_as_float, img_as_ubyte, img_as_uint, measure, morphology, util
x = np.arange(77).reshape(7, 11) * 31 % 17
f = x / 3.0
b = x > 8
one = x == 16
v = b[2]
t = np.arange(60).reshape(3, 4, 5) * 31 % 53 > 20
labels = np.array([[1, 1, 0, 2, 2, 0, 5, 5, 0, 0, 7]] * 4 + [[0, 0, 3, 3, 0, 0, 5, 5, 0, 9, 9]] * 3)
lx = da.from_array(x, chunks=(2, 3))
lf = da.from_array(f, chunks=(4, 5))
lb = da.from_array(b, chunks=(3, 4))
ll = da.from_array(labels, chunks=(3, 2))
foot = np.array([[0, 1, 0], [1, 1, 0]])
k = np.ones((2, 3))
z = np.fft.fft2(f)
grey = (np.arange(77).reshape(7, 11) * 3).astype("uint8")
rgb = (np.arange(60).reshape(4, 5, 3) * 4).astype("uint8")
"""
entries = []
for name in "erosion dilation opening closing".split():
    entries += [
        f"ndimage.binary_{name}({x})" for x in ("b", "v", "t", "x", "one")
    ]
    entries += [
        f"ndimage.binary_{name}(b, {s}, iterations={n})" for s in ("k", "foot", "np.ones((3, 3))") for n in (1, 2)
    ]
    entries += [
        f"ndimage.binary_{name}(b, border_value=1)",
        f"ndimage.binary_{name}(b, mask=x % 2 == 0)",
        f"ndimage.binary_{name}(b, structure=k, origin=(0, 1))",
        f"ndimage.binary_{name}(b, origin=-1)",
        f"ndmorph.binary_{name}(lb)",
        f"ndmorph.binary_{name}(lb, foot)",
        f"ndmorph.binary_{name}(lb, iterations=2)",
        f"ndimage.grey_{name}(x, 3)",
        f"ndimage.grey_{name}(x, size=(2, 3))",
        f"ndimage.grey_{name}(f, footprint=foot)",
        f"ndimage.grey_{name}(f, footprint=foot, mode='constant', cval=2.0)",
        f"morphology.{name}(x)",
        f"morphology.{name}(x, morphology.disk(2))",
        f"morphology.{name}(f, np.ones((3, 1)))",
        f"morphology.binary_{name}(b)",
        f"morphology.binary_{name}(b, np.ones((3, 3)))",
    ]
entries += [
    "ndimage.binary_erosion(b, np.ones((2, 2, 2)))",
    "ndimage.binary_dilation(one, mask=x > 3, iterations=0)",
    "ndimage.binary_dilation(one, iterations=-1, mask=x > 5)",
    "ndimage.binary_erosion(b, iterations=0)",
    "ndimage.binary_propagation(one, mask=x > 3)",
    "ndimage.binary_fill_holes(ndimage.binary_dilation(one))",
    "ndimage.binary_fill_holes(np.array([[1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 1, 0]]))",
    "ndimage.binary_fill_holes(b, np.ones((3, 3)))",
]
entries += [f"ndimage.generate_binary_structure({n}, {c})" for n in (1, 2, 3) for c in (0, 1, 2, 3)]
entries += [f"ndimage.iterate_structure(ndimage.generate_binary_structure(2, 1), {n})" for n in (1, 2, 3)]
for image in ("x", "f", "b"):
    entries += [
        f"ndimage.extrema({image}, labels, [1, 2, 5, 9])",
        f"ndimage.extrema({image})",
        f"ndimage.labeled_comprehension({image}, labels, [1, 2, 4], np.max, float, -1)",
        f"ndimage.labeled_comprehension({image}, labels, [1, 5], lambda v, p: p[-1], int, -1, True)",
        f"ndimage.labeled_comprehension({image}, labels, 5, np.mean, float, 0)",
    ]
entries += [
    "ndimage.labeled_comprehension(x, None, None, np.sum, int, 0)",
    "ndimage.histogram(x, 0, 20, 4)",
    "ndimage.histogram(f, 0.5, 4.5, 8)",
    "np.stack(ndimage.histogram(x, 0, 16, 4, labels, [1, 5]))",
    "ndimage.histogram(x, 0, 16, 4, labels, 5)",
    "len(ndimage.find_objects(labels))",
    "x[ndimage.find_objects(labels)[4]]",
    "ndimage.find_objects(labels)[3] is None",
    "len(ndimage.find_objects(labels, 2))",
]
for name in "sum_labels mean variance standard_deviation minimum maximum median minimum_position maximum_position center_of_mass area".split():
    entries += [f"ndmeasure.{name}({i}, ll, {index})" for i in ("lx", "lf") for index in ("[1, 2, 5, 9]", "5", "[[1], [9]]")]
    entries += [f"ndmeasure.{name}(lx, ll)"]
    if name != "area":
        entries += [f"ndmeasure.{name}(lf)"]
entries += [
    "ndmeasure.extrema(lx, ll, [1, 2, 5])",
    "ndmeasure.labeled_comprehension(lx, ll, [1, 2, 4], np.max, np.float64, -1.0)",
    "ndmeasure.labeled_comprehension(lx, ll, [1, 2], lambda v, p: p.min(), np.int64, 0, pass_positions=True)",
    "ndmeasure.histogram(lx, 0, 16, 4, ll, 5).compute()",
    "ndmeasure.label(lb)[0].max()",
    "ndmeasure.label(lb)[1]",
    "ndmeasure.label(lb, np.ones((3, 3)))[1]",
    "(ndmeasure.label(lb)[0] > 0)",
    "ndmeasure.mean(lx, da.ones((2, 2)), [1])",
    "ndfilters.generic_filter(lx, np.ptp, size=3)",
    "ndfilters.generic_filter(lf, np.max, footprint=foot)",
]
for n in ("1.5", "(1, 2.5)"):
    entries += [f"ndimage.fourier_gaussian(z, {n})", f"ndimage.fourier_uniform(z, {n})", f"ndimage.fourier_shift(z, {n})", f"ndfourier.fourier_gaussian(da.from_array(z, chunks=4), {n})", f"ndfourier.fourier_shift(da.from_array(z, chunks=4), {n})", f"ndfourier.fourier_uniform(da.from_array(z, chunks=4), {n})"]
entries += ["ndimage.fourier_gaussian(np.fft.rfft2(f), 1.0, n=11)", "ndimage.fourier_uniform(np.fft.rfft2(f), 2.0, n=11)", "ndimage.fourier_shift(np.fft.rfft2(f), 0.5, n=11)", "ndimage.fourier_gaussian(f, 1.0)"]
entries += ["measure.label(x % 3)", "measure.label(b)", "measure.label(b, connectivity=1)", "measure.label(x % 3, background=1)", "measure.label(b, return_num=True)", "measure.label(t)", "morphology.label(b)", "measure.label(b, connectivity=3)"]
properties = "label area num_pixels bbox area_bbox centroid centroid_local extent equivalent_diameter_area axis_major_length axis_minor_length eccentricity orientation intensity_mean intensity_max intensity_min intensity_std centroid_weighted inertia_tensor inertia_tensor_eigvals mean_intensity weighted_centroid equivalent_diameter".split()
for name in properties:
    entries += [
        f"list(measure.regionprops_table(labels, grey, properties=['{name}']).values())",
        f"measure.regionprops(labels, grey)[2].{name}",
        f"[measure.regionprops(ndimage.label(x % 5 == 0)[0], x)[i].{name} for i in range(6)]",
    ]
entries += [f"measure.regionprops(labels)[1].{name}" for name in ("image", "coords", "intensity_mean", "nothing")]
entries += ["measure.regionprops(labels, grey)[0].image_intensity", "x[measure.regionprops(labels)[3].slice]", "measure.regionprops(labels)[3]['area']", "sorted(measure.regionprops_table(labels)) == ['bbox-0', 'bbox-1', 'bbox-2', 'bbox-3', 'label']", "measure.regionprops(f)"]
entries += [f"morphology.{name}({n})" for name in ("disk", "diamond", "ball", "octahedron") for n in (0, 1, 2, 3)]
entries += ["morphology.footprint_rectangle((2, 3))", "morphology.remove_small_objects(b, max_size=2)", "morphology.remove_small_objects(labels, max_size=7)"]
entries += ["color.rgb2gray(rgb)", "color.rgb2gray(rgb / 255.0)", "color.rgb2gray((rgb / 255.0).astype('float32'))", "color.rgb2gray(x)", "color.gray2rgb(grey)", "img_as_ubyte(f / 6)", "img_as_ubyte(grey)", "img_as_float(grey)", "img_as_float(b)", "util.invert(grey)", "util.invert(b)", "util.invert(f)"]
for m in ("gaussian", "mean", "median"):
    entries += [f"filters.threshold_local({i}, {n}, method='{m}')" for i in ("x", "f", "grey") for n in (3, "(3, 5)")]
entries += ["filters.threshold_local(x, 3, offset=1)", "filters.threshold_local(x, 4)", "ndfilters.threshold_local(lf, 3)"]
# Footprints of even sides, and such that are not the same when they are turned round.
for name in ("erosion", "dilation", "opening", "closing"):
    for shape in ((2, 2), (2, 3), (3, 2), (4, 1), (4, 4)):
        entries += [f"morphology.{name}({i}, np.ones({shape}))" for i in ("x", "f")] + [f"morphology.binary_{name}(b, np.ones({shape}))"]
    for odd in ("[[1, 1, 0], [0, 1, 0], [0, 0, 0]]", "[[1, 1], [0, 1]]", "[[0, 1, 1, 1]]"):
        entries += [f"morphology.{name}({i}, np.array({odd}))" for i in ("x", "f")] + [f"morphology.binary_{name}(b, np.array({odd}))"]
for kind in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
    ends = f"np.array([np.iinfo('{kind}').min, np.iinfo('{kind}').max, 0, 100, 5, np.iinfo('{kind}').max // 3], dtype='{kind}')"
    entries += [f"{of}({ends})" for of in ("img_as_float", "img_as_ubyte", "img_as_uint")]
entries += [f"img_as_{kind}(np.array({data}))" for kind in ("ubyte", "uint") for data in ("[0.5, 1.2]", "[0.5, -0.2]", "[-1.5, 0.0]", "[True, False]", "[1j]")]
entries += [f"ndimage.{name}({i}, labels, {index})" for name in ("sum_labels", "mean", "variance") for i in ("x", "f", "f - f") for index in ("[1, 4]", "4")]
entries += [f"ndimage.{name}({i}, labels, {index})" for name in ("minimum", "maximum", "minimum_position", "maximum_position") for i in ("x", "f") for index in ("[1, 4]", "4")]
entries += [f"ndmeasure.{name}({i}, ll, [1, 4])" for name in ("sum_labels", "mean", "median") for i in ("lx", "lf")]
write("shapes", SETUP, entries)
