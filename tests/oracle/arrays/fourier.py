"""Discrete Fourier transforms, in memory and in chunks."""

from ask import write

SETUP = """\
def pattern(*shape):
    n = int(np.prod(shape))
    return (np.arange(n) * 7919 % 101 - 50).reshape(shape) / 10.0
a = pattern(8)
o = pattern(7)
m = pattern(4, 6)
c = pattern(2, 3, 5)
z = m + 1j * m[::-1]
i = np.arange(6)
f = pattern(4, 5).astype("float32")
g = z.astype("complex64")
t = m > 0
def parts(x):
    return (x.real, x.imag)
lm = da.from_array(m, chunks=(2, 6))
lz = da.from_array(z, chunks=(4, 3))
lc = da.from_array(c, chunks=(1, 3, 5))
lf = da.from_array(f, chunks=(4, 2))
"""
ONE = "fft ifft rfft irfft hfft ihfft".split()
entries = [f"np.fft.{x}({y})" for x in ONE for y in ("a", "o", "m", "c", "i", "t") ]
entries += [f"np.fft.{x}({y})" for x in ("fft", "ifft", "irfft", "hfft") for y in ("z", "z[0]")]
entries += [f"np.fft.{x}(m, {n}, axis={d})" for x in ONE for n in (1, 2, 3, 4, 9) for d in (0, -1)]
entries += [f"np.fft.{x}(o, norm={n!r})" for x in ONE for n in ("ortho", "forward", "backward")]
MANY = "fft2 ifft2 fftn ifftn rfft2 irfft2 rfftn irfftn".split()
entries += [f"np.fft.{x}({y})" for x in MANY for y in ("m", "c")]
entries += [f"np.fft.{x}(c, axes={d})" for x in MANY for d in ("(0, 1)", "(1, 0)", "(-1, 0)")]
entries += [f"np.fft.{x}(c, s=(3, 4), axes=(1, 2))" for x in MANY]
entries += [f"np.fft.{x}(c, axes=(0, 2), norm='ortho')" for x in MANY]
entries += ["np.fft.fftn(c, axes=(0,))", "np.fft.rfftn(c, axes=(1,))", "np.fft.fftn(z)", "np.fft.ifft2(z)"]
entries += [f"np.fft.{x}({n})" for x in ("fftfreq", "rfftfreq") for n in ("1", "2", "7", "8", "8, 0.1", "5, d=2.0")]
entries += [f"np.fft.{x}({y})" for x in ("fftshift", "ifftshift") for y in ("a", "o", "m", "c", "i", "m, axes=0", "c, axes=(0, 2)", "c, axes=-1")]
entries += ["np.fft.fft(m, 0)", "np.fft.rfft(z)", "np.fft.fft(a, norm='x')", "np.fft.fft(3.0)", "np.fft.fft([])", "np.fft.irfft([1.0])", "np.fft.fftn(c, s=(2,), axes=(0, 1))"]
entries += [f"da.fft.{x}(lm)" for x in ONE] + [f"da.fft.{x}(lz, axis=0)" for x in ("fft", "ifft", "hfft", "irfft")]
entries += [f"da.fft.{x}(lm, n={n})" for x in ONE for n in (3, 8)]
entries += [f"da.fft.{x}(lc, axes=(1, 2))" for x in "fftn ifftn rfftn irfftn fft2 rfft2".split()]
entries += ["da.fft.fftfreq(9, 0.5, chunks=4)", "da.fft.rfftfreq(9, 0.5, chunks=4)", "da.fft.fftshift(lm)", "da.fft.ifftshift(lc)", "da.fft.fftshift(lm, axes=1)"]
write("fourier", SETUP, [f"parts({code})" for code in entries], rtol=1e-9)
narrow = [f"np.fft.{x}(f)" for x in ONE] + ["np.fft.fft(g)", "np.fft.ifft(g)", "np.fft.irfft(g)", "np.fft.fft2(f)", "np.fft.rfftn(f)", "da.fft.fft(lf, axis=0)", "da.fft.rfft(lf, axis=0)"]
write("fourier", SETUP, [f"parts({code})" for code in narrow], rtol=1e-4)
