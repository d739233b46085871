//! Sides measured in turn, so that what disturbs one disturbs the others.

use xtask::Result;

use crate::statistics::Summary;
use crate::table;

/// What one side measures once.
pub type Side<'a> = &'a dyn Fn() -> Result<f64>;

/// What the rounds came to.
pub struct Measured {
    /// Of the first side: its median.
    pub first: f64,
    /// Of each other side: the first divided by it, round by round.
    pub ratios: Vec<Summary>,
}

/// Measures the sides in turn: A B C, A B C, …, the first round for warming up only. Prints medians and how far the
/// ratios lie apart.
pub fn measure(what: &str, unit: &str, rounds: usize, sides: &[(&str, Side)]) -> Result<Measured> {
    let mut taken: Vec<Vec<f64>> = vec![Vec::new(); sides.len()];
    for round in 0..=rounds {
        for ((_, side), taken) in sides.iter().zip(&mut taken) {
            let value = side()?;
            if round > 0 {
                taken.push(value);
            }
        }
    }
    let medians: Vec<f64> = taken.iter().map(|values| Summary::of(values.clone()).median).collect();
    let ratios: Vec<Summary> = taken[1..]
        .iter()
        .map(|other| Summary::of(taken[0].iter().zip(other).map(|(first, other)| first / other).collect()))
        .collect();
    let shown: Vec<String> = sides
        .iter()
        .zip(&medians)
        .map(|((name, _), median)| format!("{name} {median:.2}"))
        .collect();
    table::note(&format!("{what}, {unit}: {}", shown.join(", ")));
    for ((name, _), ratio) in sides[1..].iter().zip(&ratios) {
        table::note(&format!(
            "    ratio to {name}: {:.3} (half of {rounds} rounds from {:.3} to {:.3})",
            ratio.median, ratio.lower, ratio.upper
        ));
    }
    Ok(Measured {
        first: medians[0],
        ratios,
    })
}
