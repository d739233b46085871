//! A group of rows that are measured with the same means.

use xtask::Result;

use crate::bench::Bench;
use crate::figure::{Figure, Row};
use crate::placement::Placement;
use crate::{native, powershell, table};

/// Rows, and what measures them.
pub struct Group {
    /// Its name in the output.
    pub name: &'static str,
    /// The rows that have goals. Each is in the table, measured or not.
    pub rows: &'static [Row],
    /// Measures what [`Bench::wants`] of the rows. May return further figures, which have no goal.
    pub measure: fn(&Bench) -> Vec<Figure>,
}

/// All of them, in the order in which they are measured and shown. A new one is a file with `ROWS` and `measure`, and
/// a line here.
pub const GROUPS: &[Group] = &[
    Group {
        name: "C programs",
        rows: native::ROWS,
        measure: native::measure,
    },
    Group {
        name: "PowerShell",
        rows: powershell::ROWS,
        measure: powershell::measure,
    },
];

/// Measures everything that is asked for.
pub fn measure(bench: &Bench) -> Result<Vec<(&'static Group, Vec<Figure>)>> {
    let wanted = GROUPS.iter().filter(|group| {
        let keys: Vec<&str> = group.rows.iter().map(|row| row.key).collect();
        bench.options().wants(&keys)
    });
    let measured = wanted.map(|group| {
        table::heading(group.name);
        // A group says itself where things are to run.
        bench.place(Placement::Anywhere)?;
        Ok((group, (group.measure)(bench)))
    });
    measured.collect()
}

/// Refuses keys that no row has.
pub fn check_keys(keys: &[String]) -> Result<()> {
    let known = |key: &&String| GROUPS.iter().any(|group| group.rows.iter().any(|row| row.key == **key));
    match keys.iter().find(|key| !known(key)) {
        Some(key) => Err(format!("no row has the key '{key}'").into()),
        None => Ok(()),
    }
}
