"""Random expressions over `x`, a square of float64, for `bounded.py`: trees of steps that keep the square, and a reduction at the end."""

import random

HELD = "held = lambda a: a.map_blocks(lambda block: block, dtype=a.dtype)\n"

# Steps of one array; `@` is the array.
ONE = [
    "np.cos(@)", "abs(@)", "-@", "(@ * 2 + 1)", "(@ ** 2)", "@.T", "@[::-1]", "@[:, ::-1]", "(@ - @.mean())", "(@ - @.mean(axis=0))",
    "(@ / (1 + @.std(axis=1, keepdims=True)))", "da.cumsum(@, axis=0)", "da.cumsum(@, axis=1)", "np.sort(@, axis=0)", "np.sort(@, axis=1)",
    "@.rechunk((500, 2000))", "@.rechunk((100, -1))", "@.rechunk((-1, 100))", "da.roll(@, 1234, axis=1)", "da.rot90(@)", "held(@)",
    "@.map_blocks(lambda b: b + b.max())", "@.map_overlap(lambda b: b + 1, depth=2, boundary='nearest')", "da.where(@ > 0.5, @, 0)",
    "da.pad(@, ((1, 0), (0, 1)), mode='edge')[1:, :-1]", "da.gradient(@, axis=1)", "@[np.arange(n)[::-1]]", "@.astype('f4')",
    "@.reshape((n // 2, 2 * n)).reshape((n, n))", "da.fft.ifft(da.fft.fft(@.rechunk((100, -1)))).real", "da.apply_along_axis(lambda r: r - r.mean(), 1, @)",
]
# Steps of two.
TWO = [
    "(@ + #)", "(@ * #)", "np.maximum(@, #)", "(@ - #.mean(axis=0))", "da.where(@ > #, @, #)", "(@ + #.T)", "da.concatenate([@[: n // 2], #[n // 2 :]])",
    "da.concatenate([@[:, ::2], #[:, 1::2]], axis=1)", "(@ + #[0])", "(@ * #.sum(axis=1)[:, None])", "da.stack([@, #]).max(axis=0)",
]
# What is asked for.
LAST = [
    "@.sum()", "@.std()", "@.max(axis=0).sum()", "@.mean(axis=1).max()", "@.argmax(axis=0).max()", "da.topk(@, 3, axis=1).sum()",
    "@[@ > 0.5].sum()", "da.histogram(@, bins=10, range=(0, 1))[0].sum()", "held(@).min()", "da.median(@, axis=1).max()", "da.dot(@[:1000], @[:, :1000]).sum()",
]


def tree(draw, depth):
    """A random expression that is a square."""
    if depth == 0:
        return "x"
    if draw.random() < 0.3:
        return draw.choice(TWO).replace("#", tree(draw, draw.randrange(depth))).replace("@", tree(draw, depth - 1))
    return draw.choice(ONE).replace("@", tree(draw, depth - 1))


def expressions(count, seed):
    """So many lines; the same ones for the same seed."""
    draw = random.Random(seed)
    lines = {}
    while len(lines) < count:
        text = draw.choice(LAST).replace("@", "y")
        inner = tree(draw, draw.randint(2, 5))
        # A step may name its array twice, and a tree grows fast.
        if len(inner) < 400:
            lines[f"random {seed}.{len(lines)}"] = f"{HELD}y = {inner}\nprint({text}.compute())"
    return lines
