//! A small writer of SVG line charts: a logarithmic axis along the bottom, costs from zero upwards.

use crate::curves::{Curve, Point};
use std::fmt::Write as _;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = 56.0;
const OURS: &str = "#1f6feb";
const FLOOR: &str = "#8b949e";

/// The picture of one curve.
#[must_use]
pub fn svg(curve: &Curve) -> String {
    let frame = Frame::around(&curve.points);
    let mut out = String::new();
    let _infallible = write_all(&mut out, curve, &frame);
    out
}

fn write_all(out: &mut String, curve: &Curve, frame: &Frame) -> std::fmt::Result {
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"12\">"
    )?;
    writeln!(out, "<title>{} ({})</title>", curve.title, curve.unit)?;
    writeln!(out, "<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>")?;
    text(out, (LEFT, 22.0), ("start", "#1f2328"), &format!("{}, in {}", curve.title, curve.unit))?;
    for line in 0..=4 {
        let value = frame.top * f64::from(line) / 4.0;
        let y = frame.y(value);
        writeln!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#d0d7de\"/>",
            WIDTH - RIGHT
        )?;
        text(out, (LEFT - 8.0, y + 4.0), ("end", "#59636e"), &short(value))?;
    }
    for point in &curve.points {
        text(out, (frame.x(point.at), HEIGHT - BOTTOM + 20.0), ("middle", "#59636e"), &grouped(point.at))?;
    }
    text(out, (f64::midpoint(LEFT, WIDTH - RIGHT), HEIGHT - 12.0), ("middle", "#59636e"), curve.along)?;
    line(out, frame, (FLOOR, "floor"), curve.points.iter().map(|point| (point.at, point.floor)))?;
    line(out, frame, (OURS, "ours"), curve.points.iter().map(|point| (point.at, point.ours)))?;
    text(out, (WIDTH - RIGHT, 22.0), ("end", OURS), "ours")?;
    text(out, (WIDTH - RIGHT - 40.0, 22.0), ("end", FLOOR), "floor")?;
    writeln!(out, "</svg>")
}

fn line(
    out: &mut String,
    frame: &Frame,
    (colour, name): (&str, &str),
    points: impl Iterator<Item = (u64, f64)>,
) -> std::fmt::Result {
    let places = points.map(|(at, value)| (frame.x(at), frame.y(value), value)).collect::<Vec<_>>();
    let path = places.iter().map(|(x, y, _)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ");
    writeln!(out, "<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>")?;
    for (x, y, value) in places {
        let label = format!("{name}: {}", short(value));
        writeln!(
            out,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{colour}\"><title>{label}</title></circle>"
        )?;
        text(out, (x, y - 8.0), ("middle", colour), &short(value))?;
    }
    Ok(())
}

fn text(out: &mut String, (x, y): (f64, f64), (anchor, colour): (&str, &str), words: &str) -> std::fmt::Result {
    writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{words}</text>")
}

/// Where the points lie on the page.
struct Frame {
    first: f64,
    decades: f64,
    top: f64,
}

impl Frame {
    fn around(points: &[Point]) -> Self {
        let first = points.first().map_or(0.0, |point| logarithm(point.at));
        let last = points.last().map_or(1.0, |point| logarithm(point.at));
        let highest = points.iter().map(|point| point.ours.max(point.floor)).fold(0.0, f64::max);
        Self { first, decades: (last - first).max(0.1), top: rounded_up(highest * 1.1) }
    }

    fn x(&self, at: u64) -> f64 {
        let inset = 40.0;
        LEFT + inset + (logarithm(at) - self.first) / self.decades * (WIDTH - LEFT - RIGHT - 2.0 * inset)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)
    }
}

fn logarithm(at: u64) -> f64 {
    f64::from(u32::try_from(at.max(1)).unwrap_or(u32::MAX)).log10()
}

/// The next number of the form 1, 2 or 4 times a power of ten.
fn rounded_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(1e-3).log10().floor());
    [1.0, 2.0, 4.0, 10.0].iter().map(|step| step * power).find(|step| *step >= value).unwrap_or(value)
}

/// A number with three digits that count.
#[must_use]
pub fn short(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

/// A count with commas.
#[must_use]
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_holds_every_point_of_both_lines() {
        let points = vec![Point { at: 10_000, ours: 8.0, floor: 5.0 }, Point { at: 1_000_000, ours: 9.5, floor: 6.0 }];
        let curve = Curve { title: "One search", along: "patients", unit: "µs", file: "find.svg", points };
        let svg = svg(&curve);
        assert_eq!(svg.matches("<circle").count(), 4);
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains(">1,000,000</text>") && svg.trim_end().ends_with("</svg>"));
    }

    #[test]
    fn numbers_are_short_and_grouped() {
        assert_eq!([1_234.5, 12.34, 1.234].map(short), ["1234", "12.3", "1.23"]);
        assert_eq!([7, 1_000, 1_234_567].map(grouped), ["7", "1,000", "1,234,567"]);
        assert_eq!([3.9, 4.1, 0.11].map(rounded_up), [4.0, 10.0, 0.2]);
    }
}
