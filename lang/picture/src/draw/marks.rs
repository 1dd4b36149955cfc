//! The outlines of marks, one point large around (0, 0); y goes down.

use std::f64::consts::FRAC_1_SQRT_2 as HALF_DIAGONAL;

use crate::scene::Step;

/// The signs that there are.
pub const SIGNS: &str = ".,ov^<>12348spP*hH+xXDd|_";

/// The outline of a mark; is it an area, or only lines?
pub fn outline(sign: char) -> (Vec<Step>, bool) {
    match sign {
        '.' => (circle(0.25), true),
        ',' => (polygon(&[(-0.08, -0.08), (0.08, -0.08), (0.08, 0.08), (-0.08, 0.08)]), true),
        's' => (polygon(&[(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]), true),
        '^' => (polygon(&[(0.0, -0.5), (0.5, 0.5), (-0.5, 0.5)]), true),
        'v' => (polygon(&[(0.0, 0.5), (-0.5, -0.5), (0.5, -0.5)]), true),
        '<' => (polygon(&[(-0.5, 0.0), (0.5, -0.5), (0.5, 0.5)]), true),
        '>' => (polygon(&[(0.5, 0.0), (-0.5, 0.5), (-0.5, -0.5)]), true),
        'D' => {
            (polygon(&[(0.0, -HALF_DIAGONAL), (HALF_DIAGONAL, 0.0), (0.0, HALF_DIAGONAL), (-HALF_DIAGONAL, 0.0)]), true)
        }
        'd' => (polygon(&[(0.0, -HALF_DIAGONAL), (0.4243, 0.0), (0.0, HALF_DIAGONAL), (-0.4243, 0.0)]), true),
        'p' => (regular(5, 0.5, 0.0), true),
        'h' => (regular(6, 0.5, 0.0), true),
        'H' => (regular(6, 0.5, 30.0), true),
        '8' => (regular(8, 0.5, 22.5), true),
        '*' => (star(5, 0.5, 0.381_966), true),
        'P' => (cross(0.0), true),
        'X' => (cross(45.0), true),
        '+' => (lines(&[[0.0, -0.5, 0.0, 0.5], [-0.5, 0.0, 0.5, 0.0]]), false),
        'x' => (lines(&[[-0.5, -0.5, 0.5, 0.5], [-0.5, 0.5, 0.5, -0.5]]), false),
        '|' => (lines(&[[0.0, -0.5, 0.0, 0.5]]), false),
        '_' => (lines(&[[-0.5, 0.0, 0.5, 0.0]]), false),
        '1' => (lines(&[[0.0, 0.0, 0.0, 0.5], [0.0, 0.0, 0.4, -0.25], [0.0, 0.0, -0.4, -0.25]]), false),
        '2' => (lines(&[[0.0, 0.0, 0.0, -0.5], [0.0, 0.0, 0.4, 0.25], [0.0, 0.0, -0.4, 0.25]]), false),
        '3' => (lines(&[[0.0, 0.0, -0.5, 0.0], [0.0, 0.0, 0.25, -0.4], [0.0, 0.0, 0.25, 0.4]]), false),
        '4' => (lines(&[[0.0, 0.0, 0.5, 0.0], [0.0, 0.0, -0.25, -0.4], [0.0, 0.0, -0.25, 0.4]]), false),
        _ => (circle(0.5), true),
    }
}

/// Is its outline a circle of diameter 1?
pub fn is_round(sign: char) -> bool {
    sign == 'o'
}

fn circle(r: f64) -> Vec<Step> {
    let k = r * 0.552_284_75;
    vec![
        Step::Move(r, 0.0),
        Step::Curve([r, k, k, r, 0.0, r]),
        Step::Curve([-k, r, -r, k, -r, 0.0]),
        Step::Curve([-r, -k, -k, -r, 0.0, -r]),
        Step::Curve([k, -r, r, -k, r, 0.0]),
        Step::Close,
    ]
}

fn polygon(points: &[(f64, f64)]) -> Vec<Step> {
    let mut steps: Vec<Step> = points.iter().map(|&(x, y)| Step::Line(x, y)).collect();
    if let Some(Step::Line(x, y)) = steps.first().copied() {
        steps[0] = Step::Move(x, y);
    }
    steps.push(Step::Close);
    steps
}

fn at(angle: f64, r: f64) -> (f64, f64) {
    let (sin, cos) = angle.to_radians().sin_cos();
    (r * sin, -r * cos)
}

fn regular(n: usize, r: f64, turned: f64) -> Vec<Step> {
    let points: Vec<(f64, f64)> = (0..n).map(|corner| at(turned + 360.0 * corner as f64 / n as f64, r)).collect();
    polygon(&points)
}

fn star(n: usize, r: f64, inner: f64) -> Vec<Step> {
    let corner =
        |corner: usize| at(180.0 * corner as f64 / n as f64, if corner.is_multiple_of(2) { r } else { r * inner });
    polygon(&(0..2 * n).map(corner).collect::<Vec<_>>())
}

/// A cross with thick arms.
fn cross(turned: f64) -> Vec<Step> {
    let third = 1.0 / 6.0;
    let corners = [
        (-third, -0.5),
        (third, -0.5),
        (third, -third),
        (0.5, -third),
        (0.5, third),
        (third, third),
        (third, 0.5),
        (-third, 0.5),
        (-third, third),
        (-0.5, third),
        (-0.5, -third),
        (-third, -third),
    ];
    let (sin, cos) = f64::to_radians(turned).sin_cos();
    polygon(&corners.map(|(x, y)| (x * cos - y * sin, x * sin + y * cos)))
}

fn lines(ends: &[[f64; 4]]) -> Vec<Step> {
    ends.iter().flat_map(|&[a, b, c, d]| [Step::Move(a, b), Step::Line(c, d)]).collect()
}
