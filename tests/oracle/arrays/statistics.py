"""Statistics: quantiles, averages, covariances."""

from ask import write

SETUP = """\
a = np.array([[1.5, -2.0, 0.0, 3.25], [4.0, np.nan, -0.25, 8.0], [0.5, 1.0, 2.0, -7.5]])
c = np.array([[1.5, -2.0, 0.0, 3.25], [4.0, 6.5, -0.25, 8.0], [0.5, 1.0, 2.0, -7.5]])
i = ((np.arange(24) * 7 + 5) % 24).reshape(2, 3, 4) - 12
u = np.arange(12, dtype="uint8").reshape(4, 3) * 20
f = ((np.arange(11) * 5 + 3) % 11 / 11).astype("float32")
g = (np.arange(57) * 37 + 11) % 101 / 101
z = np.array([[1 + 2j, -1j, 0.5], [2, 1j, -1]])
e = np.zeros((0, 3))
w = np.array([0.5, 1.0, 2.0, 0.25])
la = da.from_array(a, chunks=(2, 3))
lc = da.from_array(c, chunks=(2, 3))
li = da.from_array(i, chunks=(1, 2, 3))
lu = da.from_array(u, chunks=(3, 2))
lf = da.from_array(f, chunks=2)
lg = da.from_array(g, chunks=10)
lw = da.from_array(w, chunks=3)
"""
METHODS = "inverted_cdf averaged_inverted_cdf closest_observation interpolated_inverted_cdf hazen weibull linear median_unbiased normal_unbiased lower higher midpoint nearest".split()

entries = []
for median in ("median", "nanmedian"):
    for name, axes in (("a", (0, 1, None)), ("c", (0, -1)), ("i", (0, 1, 2, None, (0, 2), (1, -1))), ("u", (0, None)), ("f", (0,)), ("g", (0,))):
        entries += [f"np.{median}({name}, axis={axis})" for axis in axes]
        entries += [f"da.{median}(l{name}, axis={axis})" for axis in axes if axis is not None]
    entries += [f"np.{median}(i, axis=1, keepdims=True)", f"np.{median}(c, keepdims=True)", f"np.{median}(e, axis=0)", f"np.{median}(e)", f"np.{median}([3, 1])", f"np.{median}(i, axis=4)", f"da.{median}(li, axis=1, keepdims=True)"]
for function, qs in (("percentile", ("50", "[0, 33, 100]", "[[10, 20], [30, 40]]", "12.5", "101", "np.array([5.0])")), ("quantile", ("0.5", "[0, 0.33, 1]", "0.125", "-0.1", "np.float64(0.3)"))):
    for name in ("a", "c", "i", "u", "f", "g"):
        entries += [f"np.{function}({name}, {q})" for q in qs]
        entries += [f"np.{function}({name}, {q}, axis=0)" for q in qs[:3]]
    for skip in ("", "nan"):
        entries += [f"np.{skip}{function}({name}, {q}, axis=-1)" for name in ("a", "i") for q in qs[:2]]
        entries += [f"np.{skip}{function}(i, {qs[1]}, axis=(0, 2), keepdims=True)", f"np.{skip}{function}(a, {qs[0]})"]
for method in METHODS:
    entries += [f"np.quantile({name}, [0, 0.1, 0.25, 0.5, 0.62, 0.9, 1], method='{method}')" for name in ("g", "f", "u")]
    entries += [f"np.percentile([1, 2, 3, 4], {q}, method='{method}')" for q in (25, 50, 60)]
entries += ["np.quantile(g, 0.5, method='best')", "np.quantile(z, 0.5)", "da.quantile(lc, 0.3, axis=0)", "da.quantile(li, [0.2, 0.7], axis=1)", "da.nanquantile(la, 0.3, axis=1)", "da.nanpercentile(la, [30, 60], axis=1)"]
entries += ["da.percentile(da.from_array(g, chunks=57), [25, 50])", "da.percentile(da.from_array(g, chunks=57), 50)", "da.percentile(da.from_array(i.ravel(), chunks=24), [25, 50], method='linear')"]
for axis in (None, 0, 1, -1):
    entries += [f"np.average({name}, axis={axis})" for name in ("a", "c", "u")]
    entries += [f"da.average({name}, axis={axis})" for name in ("la", "lc", "lu")]
entries += ["np.average(c, weights=c + 9)", "np.average(c, axis=1, weights=w)", "np.average(c, axis=0, weights=[1, 2, 3])", "np.average(i, weights=i + 20, axis=1)", "np.average(c, axis=1, weights=w, returned=True)", "np.average(c, returned=True)", "np.average(u, axis=0, returned=True)", "np.average([1, 2], weights=[0, 0])", "np.average(c, weights=w)", "np.average(c, axis=0, weights=w)", "np.average(c, axis=1, keepdims=True)", "np.average(f)", "np.average(f, weights=f)", "da.average(lc, axis=1, weights=lw)", "da.average(lc, weights=lc + 9)", "da.average(lc, axis=0, returned=True)"]
for stat in ("cov", "corrcoef"):
    entries += [f"np.{stat}({x})" for x in ("c", "a", "g", "u", "f", "c, c * 2 - 1", "c, rowvar=False", "g, g ** 2", "[1, 2, 4]")]
    entries += [f"da.{stat}({x})" for x in ("lc", "lg", "lc, rowvar=False", "lu")]
entries += ["np.cov(z).real", "abs(np.corrcoef(z))", "np.cov(c, bias=True)", "np.cov(c, ddof=0)", "np.cov(c, ddof=2)", "np.cov(c, fweights=[1, 2, 3, 1])", "np.cov(c, aweights=w)", "np.cov(c, fweights=[1, 2, 3, 1], aweights=w)", "np.cov(c, aweights=w, bias=True)", "np.cov(i)", "np.cov(c, fweights=w)", "da.cov(lc, bias=True)", "da.cov(lc, ddof=0)"]
for name in ("i", "c", "li", "lc"):
    module = "da" if name.startswith("l") else "np"
    entries += [f"{module}.ptp({name}, axis={axis})" for axis in (0, -1, None)]
    entries += [f"{module}.count_nonzero({name}, axis={axis})" for axis in (0, -1, None)]
    entries += [f"{module}.nan{r}({name}, axis={axis})" for r in "min max std var prod argmin argmax sum mean".split() for axis in (0, -1)]
for r in "min max std var prod argmin argmax sum mean".split():
    entries += [f"np.nan{r}(a)", f"np.nan{r}(a, axis=0)", f"da.nan{r}(la, axis=1)", f"np.nan{r}(i)"]
for r in "sum prod any all mean std var".split():
    entries += [f"np.{r}({x}, where={x} > 0)" for x in ("i", "c", "u", "f")] + [f"np.{r}(i, axis=1, where=i > 0)", f"c.{r}(axis=0, where=[True, False, True, True])"]
for r in ("min", "max"):
    entries += [f"np.{r}({x}, where={x} > 0, initial=3)" for x in ("i", "c", "u", "f")] + [f"np.{r}(i, axis=0, initial=0)", f"np.{r}(i, where=i > 0)", f"np.{r}(e, initial=2.0)", f"i.{r}(axis=1, initial=-3)", f"np.{r}(e)"]
entries += ["np.sum(i, initial=10)", "np.sum(c, axis=0, initial=1.5)", "np.prod(u[1:], initial=2)", "np.sum([], initial=5)", "np.sum(i, axis=1, where=i > 0, initial=100)"]
entries += [f"{x}.arg{r}({axis})" for x in ("i", "c", "li", "lc", "lu") for r in ("min", "max") for axis in ("", "axis=0", "axis=-1")]
entries += ["np.allclose(c, c + 1e-9)", "np.allclose(c, c + 1)", "np.allclose(a, a)", "np.allclose(a, a, equal_nan=True)", "da.allclose(lc, lc + 1e-9)", "np.isclose(c, c + 1e-9)"]
write("statistics", SETUP, entries)

TESTS = """\
from dask.array import stats
a = np.arange(40.0).reshape(20, 2) ** 1.5 % 7
b = np.arange(40.0).reshape(20, 2) ** 1.3 % 6
k = np.array([16.0, 18.0, 16.0, 14.0, 12.0, 12.0])
e = np.array([16.0, 16.0, 16.0, 16.0, 16.0, 8.0])
la = da.from_array(a, chunks=(7, 1))
lb = da.from_array(b, chunks=(6, 2))
lk = da.from_array(k, chunks=4)
le = da.from_array(e, chunks=4)
"""
tests = [f"stats.{f}({x})" for f in ("skew", "kurtosis") for x in ("la", "la[:, 0]", "lk")]
tests += ["stats.kurtosis(la, fisher=False)", "stats.moment(la, 2)", "stats.moment(la, moment=3)", "stats.moment(lk, 4)"]
tests += [f"stats.ttest_ind(la, lb{rest})[{at}]" for rest in ("", ", equal_var=False", ", axis=1") for at in (0, 1)]
tests += [f"stats.{call}[{at}]" for call in ("ttest_1samp(la, 3.0)", "ttest_1samp(la[:, 0], 2.5)", "ttest_rel(la, lb)", "chisquare(lk)", "chisquare(lk, f_exp=le)", "chisquare(lk, ddof=1)", "power_divergence(lk, lambda_='log-likelihood')", "power_divergence(lk, le, lambda_=-1)", "power_divergence(lk, lambda_='cressie-read')") for at in (0, 1)]
tests += [f"stats.{f}({x})[{at}]" for f in ("skewtest", "kurtosistest", "normaltest") for x in ("la", "lb[:, 1]") for at in (0, 1)]
tests += [f"stats.f_oneway(la[:, 0], lb[:, 0]{more})[{at}]" for more in ("", ", la[:7, 1]") for at in (0, 1)]
tests += [f"da.moment(la, {n}{rest})" for n in (0, 1, 2, 3) for rest in ("", ", axis=0", ", ddof=1")] + [f"da.moment(la, {n}, axis=1, keepdims=True)" for n in (2, 3)] + ["la.moment(4, axis=0)", "da.asanyarray(k)"]
write("statistics", TESTS, tests, rtol=1e-9)
