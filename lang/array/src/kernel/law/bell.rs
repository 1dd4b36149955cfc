//! Numbers of the bell curve, one at a time, by Marsaglia and Tsang's ziggurat in Doornik's form: layers of the same area lie on one another,
//! and nearly every number is made of one multiplication and one comparison.

use std::sync::LazyLock;

use super::Draws;

const LAYERS: usize = 256;
/// Where the tail begins, and the area of a layer, for so many.
const TAIL: f64 = 3.654_152_885_361_009;
const AREA: f64 = 0.004_928_673_233_992_336;

/// How wide each layer is, and how high the curve is there.
struct Layers {
    widths: [f64; LAYERS + 1],
    heights: [f64; LAYERS + 1],
}

static LAYERED: LazyLock<Layers> = LazyLock::new(|| {
    let height = |x: f64| (-0.5 * x * x).exp();
    let mut widths = [0.0; LAYERS + 1];
    // The lowest one has the tail in its area.
    (widths[0], widths[1]) = (AREA / height(TAIL), TAIL);
    for at in 2..LAYERS {
        let last: f64 = widths[at - 1];
        widths[at] = (-2.0 * (AREA / last + height(last)).ln()).sqrt();
    }
    Layers { heights: widths.map(height), widths }
});

/// A number.
pub(super) fn draw(draws: &mut Draws) -> f64 {
    let Layers { widths, heights } = &*LAYERED;
    loop {
        let bits = draws.bits();
        let layer = (bits % LAYERS as u64) as usize;
        // In (-1, 1), from bits that have not chosen the layer.
        let u = (bits >> 11) as f64 * (1.0 / 4_503_599_627_370_496.0) - 1.0;
        let x = u * widths[layer];
        if x.abs() < widths[layer + 1] {
            return x;
        }
        if layer == 0 {
            loop {
                let (beyond, y) = (-draws.open().ln() / TAIL, -draws.open().ln());
                if 2.0 * y > beyond * beyond {
                    return (TAIL + beyond).copysign(u);
                }
            }
        }
        let within = heights[layer] + (heights[layer + 1] - heights[layer]) * draws.unit();
        if within < (-0.5 * x * x).exp() {
            return x;
        }
    }
}
