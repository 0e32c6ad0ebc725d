#![forbid(unsafe_code)]
//! A curve in the terminal: braille characters, each two by four dots (Unicode 2800 to 28FF).

/// Width of the axis labels, with the line behind them.
const MARGIN: usize = 7;

/// Draws the samples in `columns` characters by `rows` lines, the axis included.
pub fn plot(samples: &[f64], columns: usize, rows: usize) -> Vec<String> {
    let columns = columns.saturating_sub(MARGIN).max(8);
    let rows = rows.max(2);
    let (low, high) = range(samples);
    let mut grid = vec![vec![0_u8; columns]; rows];
    let (wide, tall) = (columns * 2, rows * 4);
    let line = |value: f64| {
        let share = (high - value) / (high - low);
        ((share * (tall - 1) as f64).round() as usize).min(tall - 1)
    };
    let mut before: Option<usize> = None;
    for x in 0..wide {
        let Some((least, most, last)) = slice(samples, x, wide) else { continue };
        // The column's whole range, and joined to the column before: a curve has no holes.
        let (mut top, mut bottom) = (line(most), line(least));
        if let Some(before) = before {
            top = top.min(before);
            bottom = bottom.max(before);
        }
        (top..=bottom).for_each(|y| grid[y / 4][x / 2] |= dot(x % 2, y % 4));
        before = Some(line(last));
    }
    let last = rows - 1;
    let label = |row: usize| match row {
        0 => format!("{high:.0}"),
        _ if row == last => format!("{low:.0}"),
        _ => String::new(),
    };
    let draw = |bits: &u8| char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' ');
    let text = |row: &Vec<u8>| row.iter().map(draw).collect::<String>();
    let lines = grid.iter().enumerate();
    lines.map(|(row, bits)| format!("{:>5} ┤{}", label(row), text(bits))).collect()
}

/// Least and greatest, apart from each other. Numbers that are none do not count.
fn range(samples: &[f64]) -> (f64, f64) {
    let finite = || samples.iter().copied().filter(|value| value.is_finite());
    let low = finite().fold(f64::INFINITY, f64::min);
    let high = finite().fold(f64::NEG_INFINITY, f64::max);
    match low.partial_cmp(&high) {
        Some(std::cmp::Ordering::Less) => (low, high),
        Some(_) if low.is_finite() => (low - 1.0, high + 1.0),
        _ => (-1.0, 1.0),
    }
}

/// Least, greatest and last of the samples under column `x` of `wide`.
fn slice(samples: &[f64], x: usize, wide: usize) -> Option<(f64, f64, f64)> {
    let first = x * samples.len() / wide;
    let past = ((x + 1) * samples.len() / wide).max(first + 1);
    let part = samples.get(first..past.min(samples.len()))?;
    let finite = || part.iter().copied().filter(|value| value.is_finite());
    Some((finite().reduce(f64::min)?, finite().reduce(f64::max)?, finite().next_back()?))
}

/// The bit of the dot at column 0 or 1, line 0 to 3 of a braille character.
fn dot(x: usize, y: usize) -> u8 {
    const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
    DOTS[x][y]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_as_wide_as_asked() {
        let samples: Vec<f64> = (0..1000).map(|i| f64::from(i).sin()).collect();
        for (columns, rows) in [(40, 6), (80, 10), (200, 3)] {
            let lines = plot(&samples, columns, rows);
            assert_eq!(lines.len(), rows);
            assert!(lines.iter().all(|line| line.chars().count() == columns), "{lines:?}");
        }
    }

    #[test]
    fn a_rising_line_goes_from_bottom_left_to_top_right() {
        let lines = plot(&[0.0, 1.0, 2.0, 3.0], 9, 2);
        assert_eq!(lines, ["    3 ┤⠀⠀⠀⠀⡤⠤⠏⠉", "    0 ┤⣀⣀⡖⠒⠃⠀⠀⠀"]);
    }

    #[test]
    fn a_flat_curve_is_one_line_and_nothing_is_empty() {
        let lit = |lines: Vec<String>| {
            lines.iter().filter(|line| line.chars().any(|c| ('⠁'..='⣿').contains(&c))).count()
        };
        assert_eq!(lit(plot(&[5.0; 30], 40, 5)), 1);
        assert_eq!(lit(plot(&[], 40, 5)), 0);
        assert_eq!(lit(plot(&[f64::NAN], 40, 5)), 0);
    }

    #[test]
    fn a_spike_between_columns_is_not_lost() {
        let mut samples = vec![0.0; 10_000];
        samples[5_003] = 100.0;
        let top = &plot(&samples, 40, 5)[0];
        assert!(top.chars().any(|c| ('⠁'..='⣿').contains(&c)), "{top}");
    }
}
