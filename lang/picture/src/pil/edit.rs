//! Images cut, turned, put together: pixels that go to other places.

use super::*;

/// How an image is turned.
pub struct Turn {
    /// By how many degrees, to the left.
    pub angle: f64,
    /// Does it become as large as it has to?
    pub expand: bool,
    /// Round which place.
    pub center: Option<(f64, f64)>,
    /// By how much it is moved afterwards.
    pub translate: (f64, f64),
    /// The colour of what was outside.
    pub fill: Option<Value>,
}

/// Numbers that go over into others by a share of 255, as PIL does it.
fn mixed(under: u8, over: u8, share: u8) -> u8 {
    let sum = u32::from(under) * u32::from(255 - share) + u32::from(over) * u32::from(share) + 128;
    (((sum >> 8) + sum) >> 8) as u8
}

impl PilImage {
    /// How many numbers a pixel has.
    fn parts(&self) -> usize {
        self.values.shape().get(2).copied().unwrap_or(1)
    }

    /// The names of its parts.
    pub(super) fn band_names(&self) -> Vec<String> {
        match self.mode {
            mode @ ("LA" | "RGB" | "RGBA") => mode.chars().map(String::from).collect(),
            mode => vec![mode.to_string()],
        }
    }

    /// The same mode with other pixels: each from a place of this image, or of a colour.
    fn gathered(
        &self,
        (width, height): (usize, usize),
        fill: &[f64],
        from: impl Fn(usize, usize) -> Option<(usize, usize)>,
    ) -> PilImage {
        let (parts, across) = (self.parts(), self.width());
        // Floats hold the numbers of all modes as they are.
        let old = self.values.to_vec::<f64>();
        let mut new = Vec::with_capacity(width * height * parts);
        for y in 0..height {
            for x in 0..width {
                match from(x, y) {
                    Some((x, y)) => new.extend_from_slice(&old[(y * across + x) * parts..][..parts]),
                    None => new.extend_from_slice(fill),
                }
            }
        }
        let values = Chunk::from_vec(&self.shape_of(width, height), new).cast(self.values.dtype());
        PilImage { values, ..self.clone() }
    }

    fn shape_of(&self, width: usize, height: usize) -> Vec<usize> {
        if self.values.ndim() == 3 { vec![height, width, self.parts()] } else { vec![height, width] }
    }

    /// A colour as the numbers of a pixel.
    fn color(&self, value: Option<&Value>) -> Result<Vec<f64>> {
        let n = self.parts();
        let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(vec![0.0; n]) };
        if let Some(number) = value.as_f64() {
            let mut color = vec![number; n];
            // One number is a grey, or the red of a colour.
            if n > 2 {
                color = vec![number, 0.0, 0.0, 255.0];
                color.truncate(n);
            }
            return Ok(color);
        }
        if let Some(items) = value.items() {
            let numbers = items.iter().map(f64::try_from_value).collect::<Result<Vec<_>>>()?;
            return match numbers.len() {
                given if given == n => Ok(numbers),
                3 if n == 4 => Ok([&numbers[..], &[255.0]].concat()),
                given => bail!(TypeError: "color must be int, or tuple of {n} numbers, got {given}"),
            };
        }
        let bytes = ColorArg::try_from_value(value)?.0.to_bytes();
        let one = PilImage::of_pixels(1, 1, "RGBA", bytes.to_vec()).convert(self.mode)?;
        Ok(one.values.to_vec())
    }

    /// A part of it; what lies outside is black.
    pub(super) fn crop(&self, edges: &[f64]) -> Result<PilImage> {
        let &[left, top, right, bottom] = edges else { bail!("a box is left, upper, right and lower edge") };
        if right < left {
            bail!("Coordinate 'right' is less than 'left'");
        }
        if bottom < top {
            bail!("Coordinate 'lower' is less than 'upper'");
        }
        let edge = |value: f64| value.round_ties_even() as i64;
        let (left, top, right, bottom) = (edge(left), edge(top), edge(right), edge(bottom));
        let (width, height) = ((right - left) as usize, (bottom - top) as usize);
        if width.saturating_mul(height) > 1 << 28 {
            bail!(MemoryError: "an image of {width} x {height} pixels is too large");
        }
        Ok(self
            .gathered((width, height), &vec![0.0; self.parts()], |x, y| self.inside(x as i64 + left, y as i64 + top)))
    }

    fn inside(&self, x: i64, y: i64) -> Option<(usize, usize)> {
        let within = (0..self.width() as i64).contains(&x) && (0..self.height() as i64).contains(&y);
        within.then_some((x as usize, y as usize))
    }

    /// Mirrored, or turned by quarters.
    pub(super) fn transpose(&self, method: i64) -> Result<PilImage> {
        let (w, h) = (self.width(), self.height());
        let size = if matches!(method, 2 | 4 | 5 | 6) { (h, w) } else { (w, h) };
        let from = |x: usize, y: usize| match method {
            0 => (w - 1 - x, y),
            1 => (x, h - 1 - y),
            2 => (w - 1 - y, x),
            3 => (w - 1 - x, h - 1 - y),
            4 => (y, h - 1 - x),
            5 => (y, x),
            _ => (w - 1 - y, h - 1 - x),
        };
        if !(0..7).contains(&method) {
            bail!("unknown transpose method {method}"; hint: "`Image.Transpose.FLIP_LEFT_RIGHT` and so on: 0 to 6");
        }
        Ok(self.gathered(size, &[], |x, y| Some(from(x, y))))
    }

    /// Turned by degrees.
    pub(super) fn rotate(&self, turn: &Turn) -> Result<PilImage> {
        let angle = turn.angle.rem_euclid(360.0);
        let (w, h) = (self.width() as f64, self.height() as f64);
        if turn.center.is_none() && turn.translate == (0.0, 0.0) {
            let quarter = turn.expand || self.width() == self.height();
            match angle {
                0.0 => return Ok(self.clone()),
                180.0 => return self.transpose(3),
                90.0 if quarter => return self.transpose(2),
                270.0 if quarter => return self.transpose(4),
                _ => {}
            }
        }
        let (mut width, mut height) = (w, h);
        let (cx, cy) = turn.center.unwrap_or((w / 2.0, h / 2.0));
        let radians = -angle.to_radians();
        // To 15 digits of the number itself: times 1e15 it is another one.
        let rounded = |number: f64| format!("{number:.15}").parse::<f64>().unwrap_or(number);
        let (a, b) = (rounded(radians.cos()), rounded(radians.sin()));
        let (d, e) = (rounded(-radians.sin()), rounded(radians.cos()));
        let moved = |x: f64, y: f64, c: f64, f: f64| (a * x + b * y + c, d * x + e * y + f);
        let (mut c, mut f) = moved(-cx - turn.translate.0, -cy - turn.translate.1, 0.0, 0.0);
        (c, f) = (c + cx, f + cy);
        if turn.expand {
            let corners = [(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)].map(|(x, y)| moved(x, y, c, f));
            let span = |of: fn(&(f64, f64)) -> f64| {
                let low = corners.iter().map(of).fold(f64::INFINITY, f64::min);
                let high = corners.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
                high.ceil() - low.floor()
            };
            (width, height) = (span(|corner| corner.0), span(|corner| corner.1));
            (c, f) = moved(-(width - w) / 2.0, -(height - h) / 2.0, c, f);
        }
        let fill = self.color(turn.fill.as_ref())?;
        let fits = |(x, y): (f64, f64)| moved(x, y, c, f).0.abs() < 32768.0 && moved(x, y, c, f).1.abs() < 32768.0;
        let in_range = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)].into_iter().all(fits);
        // PIL counts in parts of 65536 where it can, so that its pixels are a little beside the true ones.
        let fixed = |number: f64| (number * 65536.0 + 0.5).floor() as i64;
        let by_parts = in_range && (b, d) != (0.0, 0.0) && !self.mode.starts_with("I;16");
        let at_first = [c + a * 0.5 + b * 0.5, f + d * 0.5 + e * 0.5].map(fixed);
        let steps = [a, b, d, e].map(fixed);
        Ok(self.gathered((width as usize, height as usize), &fill, |x, y| {
            if by_parts {
                let (x, y) = (x as i64, y as i64);
                let from = |first: i64, along: i64, down: i64| (first + along * x + down * y) >> 16;
                return self.inside(from(at_first[0], steps[0], steps[1]), from(at_first[1], steps[2], steps[3]));
            }
            let (x, y) = moved(x as f64 + 0.5, y as f64 + 0.5, c, f);
            self.inside(x.floor() as i64, y.floor() as i64)
        }))
    }

    /// Another image, or a colour, put onto it.
    pub(super) fn paste(&self, over: &Value, place: Option<Vec<i64>>, mask: Option<&PilImage>) -> Result<PilImage> {
        let image = PilImage::from_value(over);
        let (w, h) = (self.width() as i64, self.height() as i64);
        let size = |image: &PilImage| (image.width() as i64, image.height() as i64);
        let known = image.as_ref().or(mask).map(size);
        let [left, top, right, bottom] = match (place.as_deref(), known) {
            (None, Some((width, height))) => [0, 0, width, height],
            (None, None) => [0, 0, w, h],
            (Some(&[x, y]), Some((width, height))) => [x, y, x + width, y + height],
            (Some(&[x, y, right, bottom]), _) => [x, y, right, bottom],
            (Some(&[_, _]), None) => bail!("cannot determine region size; use 4-item box"),
            (Some(_), _) => bail!("a box is the place of a corner, or left, upper, right and lower edge"),
        };
        let whole = (right - left, bottom - top);
        if image.as_ref().map(size).is_some_and(|size| size != whole)
            || mask.map(size).is_some_and(|size| size != whole)
        {
            bail!("images do not match"; hint: "the box is {} wide and {} high", whole.0, whole.1);
        }
        let image = image.map(|image| image.convert(self.mode)).transpose()?;
        let color = if image.is_none() { self.color(Some(over))? } else { Vec::new() };
        let shares = mask.map(PilImage::shares).transpose()?;
        let parts = self.parts();
        let plain = self.values.dtype() == DType::U8;
        let (old, over) = (self.values.to_vec::<f64>(), image.map(|image| image.values.to_vec::<f64>()));
        let mut new = old;
        for y in top.max(0)..bottom.min(h) {
            for x in left.max(0)..right.min(w) {
                let from = ((y - top) * whole.0 + x - left) as usize;
                let share = shares.as_ref().map_or(255, |shares| shares[from]);
                for part in 0..parts {
                    let to = &mut new[((y * w + x) as usize) * parts + part];
                    let number = over.as_ref().map_or_else(|| color[part], |over| over[from * parts + part]);
                    *to = match share {
                        255 => number,
                        0 => *to,
                        share if plain => f64::from(mixed(*to as u8, number.clamp(0.0, 255.0) as u8, share)),
                        share => *to + (number - *to) * f64::from(share) / 255.0,
                    };
                }
            }
        }
        Ok(PilImage { values: Chunk::from_vec(self.values.shape(), new).cast(self.values.dtype()), ..self.clone() })
    }

    /// How much is seen through it as a mask, from 0 to 255.
    fn shares(&self) -> Result<Vec<u8>> {
        Ok(match self.mode {
            "1" => self.values.to_vec::<bool>().into_iter().map(|on| if on { 255 } else { 0 }).collect(),
            "L" => self.bytes(),
            "LA" | "RGBA" => self.bytes().chunks_exact(self.parts()).map(|pixel| pixel[pixel.len() - 1]).collect(),
            mode => bail!("bad transparency mask"; hint: "a mask is an image of mode 1, L or RGBA, not {mode}"),
        })
    }

    /// The size that it has in a box with its ratio of sides; `None` if it fits.
    pub(super) fn within(&self, (x, y): (f64, f64)) -> Option<(usize, usize)> {
        let (w, h) = (self.width() as f64, self.height() as f64);
        let (x, y) = (x.floor(), y.floor());
        if x >= w && y >= h {
            return None;
        }
        let aspect = w / h;
        let better = |number: f64, away: &dyn Fn(f64) -> f64| {
            let (low, high) = (number.floor(), number.ceil());
            (if away(low) <= away(high) { low } else { high }).max(1.0)
        };
        let (x, y) = if x / y >= aspect {
            (better(y * aspect, &|n| (aspect - n / y).abs()), y)
        } else {
            (x, better(x / aspect, &|n| if n == 0.0 { 0.0 } else { (aspect - x / n).abs() }))
        };
        Some((x as usize, y as usize))
    }

    /// With another number or colour at one place.
    pub(super) fn with_pixel(&self, at: &At, value: &Value) -> Result<PilImage> {
        let (x, y) = self.place(at)?;
        let color = self.color(Some(value))?;
        let start = (y * self.width() + x) * self.parts();
        let mut all = self.values.to_vec::<f64>();
        all[start..].iter_mut().zip(&color).for_each(|(to, number)| *to = *number);
        let values = Chunk::from_vec(self.values.shape(), all).cast(self.values.dtype());
        Ok(PilImage { values, ..self.clone() })
    }

    /// With another opacity.
    pub(super) fn with_alpha(&self, alpha: &Value) -> Result<PilImage> {
        let mode = if matches!(self.mode, "1" | "L" | "LA") { "LA" } else { "RGBA" };
        let image = self.convert(mode)?;
        let n = image.parts();
        let mut bytes = image.bytes();
        let shares = match (PilImage::from_value(alpha), alpha.as_f64()) {
            (Some(mask), _) if (mask.width(), mask.height()) == (self.width(), self.height()) => mask.shares()?,
            (Some(_), _) => bail!("images do not match"),
            (None, Some(number)) => vec![number.clamp(0.0, 255.0) as u8; self.width() * self.height()],
            (None, None) => bail!(TypeError: "alpha is a number or an image, got {}", alpha.repr()),
        };
        bytes.chunks_exact_mut(n).zip(shares).for_each(|(pixel, share)| pixel[n - 1] = share);
        Ok(PilImage {
            pages: self.pages.clone(),
            format: self.format,
            ..PilImage::of_pixels(self.width(), self.height(), mode, bytes)
        })
    }

    /// Its parts.
    pub(super) fn bands(&self) -> Vec<PilImage> {
        if self.values.ndim() == 2 {
            return vec![self.clone()];
        }
        let n = self.parts();
        let bytes = self.bytes();
        let band = |at: usize| bytes.iter().skip(at).step_by(n).copied().collect();
        (0..n).map(|at| PilImage::of_pixels(self.width(), self.height(), "L", band(at))).collect()
    }

    /// An image of parts.
    pub(super) fn merged(mode: &str, bands: &[PilImage]) -> Result<PilImage> {
        let mode = match mode {
            "L" => "L",
            "LA" => "LA",
            "RGB" => "RGB",
            "RGBA" => "RGBA",
            other => bail!("unrecognized image mode {}", Value::str(other).repr(); hint: "L, LA, RGB or RGBA"),
        };
        if bands.len() != mode.len() {
            bail!("wrong number of bands"; hint: "{mode} has {}, got {}", mode.len(), bands.len());
        }
        let (width, height) = (bands[0].width(), bands[0].height());
        if let Some(band) = bands.iter().find(|band| band.mode != "L") {
            bail!("mode mismatch"; hint: "each band is of mode L, got {}", band.mode);
        }
        if bands.iter().any(|band| (band.width(), band.height()) != (width, height)) {
            bail!("size mismatch");
        }
        let parts: Vec<Vec<u8>> = bands.iter().map(PilImage::bytes).collect();
        let bytes = (0..width * height).flat_map(|at| parts.iter().map(move |part| part[at]).collect::<Vec<u8>>());
        Ok(PilImage::of_pixels(width, height, mode, bytes.collect()))
    }

    /// Every number passed through a table of 256 for each part.
    pub(super) fn point(&self, table: &[f64]) -> Result<PilImage> {
        let n = self.parts();
        if self.values.dtype() != DType::U8 {
            bail!("a table is for images of bytes, not of mode {}", self.mode; hint: "`np.asarray(image)` is an array");
        }
        if table.len() != 256 * n {
            bail!("wrong number of lut entries"; hint: "{} are expected, got {}", 256 * n, table.len());
        }
        let table: Vec<u8> = table.iter().map(|number| number.round_ties_even().clamp(0.0, 255.0) as u8).collect();
        let bytes = self.bytes().into_iter().enumerate().map(|(at, byte)| table[256 * (at % n) + usize::from(byte)]);
        self.with_raw(bytes.collect())
    }

    /// How often each number is there.
    pub(super) fn histogram(&self) -> Result<Vec<usize>> {
        let mut counts = Vec::new();
        for band in self.bands() {
            let bytes = match band.mode {
                "1" => band.shares()?,
                _ if band.values.dtype() == DType::U8 => band.bytes(),
                mode => {
                    bail!(NotImplementedError: "an image of mode {mode} has no histogram here"; hint: "`np.histogram(np.asarray(image))`")
                }
            };
            let start = counts.len();
            counts.resize(start + 256, 0);
            bytes.into_iter().for_each(|byte| counts[start + usize::from(byte)] += 1);
        }
        Ok(counts)
    }

    /// The smallest box that holds what is not 0; of one with opacity, what is not transparent.
    pub(super) fn bounds(&self) -> Option<[usize; 4]> {
        let n = self.parts();
        let skip = if matches!(self.mode, "LA" | "RGBA") { n - 1 } else { 0 };
        let numbers = self.values.to_vec::<f64>();
        let mut edges: Option<[usize; 4]> = None;
        for (at, pixel) in numbers.chunks_exact(n).enumerate() {
            if pixel[skip..].iter().all(|number| *number == 0.0) {
                continue;
            }
            let (x, y) = (at % self.width(), at / self.width());
            let [left, top, right, bottom] = edges.unwrap_or([x, y, x + 1, y + 1]);
            edges = Some([left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)]);
        }
        edges
    }

    /// All pixels, row by row.
    pub(super) fn all_pixels(&self) -> Result<Value> {
        let pixels = (0..self.height()).flat_map(|y| (0..self.width()).map(move |x| (x, y)));
        Ok(Value::list(pixels.map(|at| self.pixel(&At(at.0 as i64, at.1 as i64))).collect::<Result<Vec<_>>>()?))
    }

    /// The smallest and the largest number of one part.
    pub(super) fn extrema(&self) -> Value {
        let numbers = self.values.scalars().map(|number| number.get::<f64>());
        let (low, high) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let number = |number: f64| match self.mode {
            "F" => Value::Float(number),
            "1" => Value::Int(255 * number as i64),
            _ => Value::Int(number as i64),
        };
        Value::tuple([number(low), number(high)])
    }

    /// All its numbers as bytes.
    pub(super) fn raw(&self) -> Vec<u8> {
        match self.values.dtype() {
            DType::U8 => self.bytes(),
            DType::Bool => {
                // Eight to a byte, each row for itself.
                let flags = self.values.to_vec::<bool>();
                let row = |row: &[bool]| -> Vec<u8> {
                    let byte = |part: &[bool]| {
                        part.iter().enumerate().fold(0u8, |byte, (at, &on)| byte | u8::from(on) << (7 - at))
                    };
                    row.chunks(8).map(byte).collect()
                };
                flags.chunks(self.width().max(1)).flat_map(row).collect()
            }
            DType::U16 => self.values.to_vec::<u16>().into_iter().flat_map(u16::to_le_bytes).collect(),
            DType::F32 => self.values.to_vec::<f32>().into_iter().flat_map(f32::to_le_bytes).collect(),
            _ => self.values.to_vec::<i32>().into_iter().flat_map(i32::to_le_bytes).collect(),
        }
    }

    /// The same with other bytes.
    pub(super) fn with_raw(&self, bytes: Vec<u8>) -> Result<PilImage> {
        let made = PilImage::of_raw(self.mode, (self.width(), self.height()), &bytes)?;
        Ok(PilImage { values: made.values, ..self.clone() })
    }

    /// An image of bytes.
    pub(super) fn of_raw(mode: &str, (width, height): (usize, usize), bytes: &[u8]) -> Result<PilImage> {
        let (mode, n) = match mode {
            "L" => ("L", 1),
            "LA" => ("LA", 2),
            "RGB" => ("RGB", 3),
            "RGBA" => ("RGBA", 4),
            other => {
                bail!(NotImplementedError: "an image of mode {other} is not made of bytes here"; hint: "`Image.fromarray(x)`")
            }
        };
        let size = width.checked_mul(height).and_then(|size| size.checked_mul(n)).unwrap_or(usize::MAX);
        match bytes.len() {
            given if given < size => bail!("not enough image data"; hint: "{size} bytes are expected, got {given}"),
            given if given > size => bail!("cannot decode image data"; hint: "{size} bytes are expected, got {given}"),
            _ => Ok(PilImage::of_pixels(width, height, mode, bytes.to_vec())),
        }
    }

    /// Another page of its file.
    pub(super) fn page(&self, at: usize) -> Result<PilImage> {
        match &self.pages {
            Some(pages) if at == pages.at => Ok(self.clone()),
            Some(pages) if at < pages.count => {
                let page = PilImage::from_chunk(rdk_file::image::read_page(&pages.path, at)?)?;
                Ok(PilImage { format: self.format, pages: Some(Pages { at, ..pages.clone() }), ..page })
            }
            None if at == 0 => Ok(self.clone()),
            Some(_) | None => {
                bail!(EOFError: "attempt to seek outside sequence"; hint: "the file has {} pages", self.pages.as_ref().map_or(1, |pages| pages.count))
            }
        }
    }
}
