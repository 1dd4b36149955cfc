"""Images in memory: PIL's own answers.

    python tests/oracle/arrays/pictures.py        from the project's folder
"""

from ask import write

SETUP = """\
from PIL import Image, ImageSequence
p = "tests/oracle/files/"
a = (np.arange(24 * 16).reshape(16, 24) * 7 % 256).astype("uint8")
im = Image.fromarray(np.dstack([a, a[::-1], a[:, ::-1]]))
grey = Image.fromarray(a)
other = Image.fromarray(a[:, ::-1].copy())
alpha = Image.fromarray(np.dstack([a, a, a, a[::-1]]))
flags = Image.fromarray(a > 100)
wide = Image.fromarray(a.astype("uint16") * 100)

def changed(image, change):
    image = image.copy()
    change(image)
    return np.asarray(image)

def seen(image, page):
    image.seek(page)
    return np.asarray(image)
"""
entries = []
for image in ("im", "grey", "alpha", "flags", "wide"):
    entries += [f"np.asarray({image}.transpose({method}))" for method in range(7)]
    entries += [f"np.asarray({image}.rotate({angle}))" for angle in (0, 90, 180, 270, 30, -17.5, 450)]
    entries += [f"np.asarray({image}.rotate({angle}, expand=True))" for angle in (90, 30, 135, 200)]
    entries += [f"np.asarray({image}.crop({box}))" for box in ((2, 3, 10, 9), (-2, -1, 5, 30), (5, 5, 5, 8))]
    entries += [f"{image}.getbbox()", f"len({image}.split())", f"{image}.getpixel((3, 4))", f"{image}.size"]
entries += [
    "np.asarray(grey.rotate(-17, fillcolor=9))",
    "np.asarray(im.rotate(30, fillcolor=(1, 2, 3)))",
    "np.asarray(im.rotate(30, center=(2, 3), translate=(4, 1)))",
    "changed(grey, lambda x: x.paste(100, (2, 3, 6, 8)))",
    "changed(grey, lambda x: x.paste(grey.crop((0, 0, 5, 5)), (20, 13)))",
    "changed(grey, lambda x: x.paste(grey.crop((0, 0, 4, 4)), (-2, -1)))",
    "changed(grey, lambda x: x.paste(200, (0, 0, 24, 16), other))",
    "changed(im, lambda x: x.paste(im.crop((0, 0, 5, 5)), (7, 2)))",
    "changed(im, lambda x: x.paste((9, 8, 7), (1, 1, 5, 4)))",
    "changed(im, lambda x: x.paste(grey.crop((0, 0, 5, 5)), (3, 3)))",
    "changed(im, lambda x: x.paste(other.convert('RGB'), None, grey))",
    "changed(im, lambda x: x.paste(im, (0, 0, 3, 3)))",
    "changed(im, lambda x: x.putpixel((1, 2), (9, 8, 7)))",
    "changed(grey, lambda x: x.putpixel((0, 0), 77))",
    "changed(grey, lambda x: x.putpixel((40, 0), 77))",
    "changed(im, lambda x: x.putalpha(3))",
    "changed(grey, lambda x: x.putalpha(other))",
    "changed(im, lambda x: x.thumbnail((10, 10))).shape",
    "changed(im, lambda x: x.thumbnail((7, 100))).shape",
    "changed(im, lambda x: x.thumbnail((100, 100))).shape",
    "np.asarray(Image.merge('RGB', im.split()[::-1]))",
    "np.asarray(Image.merge('LA', [grey, other]))",
    "Image.merge('RGB', [grey, other])",
    "np.asarray(im.getchannel('G'))",
    "np.asarray(im.getchannel(2))",
    "np.asarray(Image.blend(im, im.transpose(0), 0.3))",
    "np.asarray(Image.blend(grey, other, 0.75))",
    "Image.blend(grey, im, 0.5)",
    "np.asarray(Image.composite(im, im.transpose(1), grey))",
    "np.asarray(grey.point(lambda v: 200 - v // 2))",
    "np.asarray(im.point([v // 2 for v in range(256)] * 3))",
    "im.histogram()",
    "grey.histogram()",
    "im.getextrema()",
    "grey.getextrema()",
    "np.asarray(Image.new('1', (2, 2), 1))",
    "np.asarray(Image.new('1', (2, 2), 0))",
    "np.asarray(Image.new('1', (2, 2), 'white'))",
    "np.asarray(Image.new('L', (2, 2), 300))",
    "np.asarray(Image.new('I', (2, 2), 70000))",
    "np.asarray(Image.new('F', (2, 2), 1.5))",
    "im.getpixel((-1, -2))",
    "grey.getpixel((-24, 0))",
    "grey.getpixel((-25, 0))",
    "grey.getpixel((24, 0))",
    "grey.getpixel((2.7, 1))",
    "grey.load()[-3, -4]",
    "changed(grey, lambda x: x.putpixel((-1, -1), 7))",
    "Image.new('L', (3, 3)).getbbox() is None",
    "Image.fromarray((a > 250).astype('uint8')).getbbox()",
    "list(im.getdata())[:3]",
    "list(grey.getdata())[:3]",
    "np.frombuffer(im.tobytes(), dtype='uint8')",
    "np.frombuffer(flags.tobytes(), dtype='uint8')",
    "np.asarray(Image.frombytes('RGB', (2, 2), bytes(range(12))))",
    "Image.frombytes('RGB', (2, 2), b'12')",
    "Image.open(p + 'u8.tif').n_frames",
    "Image.open(p + 'u8.tif').tell()",
    "seen(Image.open(p + 'u8.tif'), 2)",
    "seen(Image.open(p + 'u8.tif'), 9)",
    "[np.asarray(page).sum() for page in ImageSequence.Iterator(Image.open(p + 'u8.tif'))]",
    "im.load()[3, 4]",
    "np.asarray(grey.resize((7, 5), Image.Resampling.NEAREST))",
    "Image.Resampling.BICUBIC + 0",
    "Image.Transpose.ROTATE_90 + 0",
]
write("pictures", SETUP, entries)
