//! Medians and quartiles.

/// What a list of numbers comes to.
#[derive(Debug, Clone, Copy)]
pub struct Summary {
    /// Half of them are lower.
    pub median: f64,
    /// A quarter of them is lower.
    pub lower: f64,
    /// A quarter of them is higher.
    pub upper: f64,
}

impl Summary {
    /// Of some numbers, at least one.
    pub fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        Self {
            median: at(&numbers, 0.5),
            lower: at(&numbers, 0.25),
            upper: at(&numbers, 0.75),
        }
    }
}

/// The number at a place between the lowest (0) and the highest (1).
fn at(sorted: &[f64], place: f64) -> f64 {
    let place = place * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}
