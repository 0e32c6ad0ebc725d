#![forbid(unsafe_code)]
//! What is made of the times.

/// Two sides that took turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The median of ours, in nanoseconds.
    pub ours: f64,
    /// The median of theirs.
    pub theirs: f64,
    /// Ours by theirs: how much of their time we take.
    pub ratio: f64,
    /// The middle half of the ratios of single rounds, from and to.
    pub spread: (f64, f64),
}

impl Comparison {
    /// Of `rounds`, each ours and theirs in nanoseconds; at least one.
    pub fn of(rounds: &[(f64, f64)]) -> Self {
        let side = |pick: fn(&(f64, f64)) -> f64| median(rounds.iter().map(pick).collect());
        let (ours, theirs) = (side(|round| round.0), side(|round| round.1));
        let mut ratios: Vec<f64> = rounds.iter().map(|round| round.0 / round.1).collect();
        ratios.sort_by(f64::total_cmp);
        let spread = (quantile(&ratios, 0.25), quantile(&ratios, 0.75));
        Self { ours, theirs, ratio: ours / theirs, spread }
    }
}

/// The middle one, of at least one; of an even number the mean of the middle two.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(&values, 0.5)
}

/// The value below which that part of the sorted `values` lies, between two of them in proportion.
fn quantile(values: &[f64], part: f64) -> f64 {
    let place = part * (values.len() - 1) as f64;
    let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
    below + (above - below) * place.fract()
}
