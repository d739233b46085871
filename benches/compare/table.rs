//! What is printed and written.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::figure::{Figure, Row};
use crate::group::Group;

/// Announces a group.
pub fn heading(name: &str) {
    println!("\n== {name}");
}

/// Says how a figure came about, while it is measured.
pub fn note(text: &str) {
    println!("   {text}");
}

/// Prints rows with their goals, then the further figures.
pub fn print(measured: &[(&Group, Vec<Figure>)]) {
    println!("\n{:<42} {:>10} {:>10}", "key", "figure", "goal");
    for (group, figures) in measured {
        for figure in figures {
            if let Some(row) = row(group, &figure.key) {
                print_row(row, figure);
            }
        }
    }
    println!("\n{:<42} {:>10}", "further", "figure");
    for (group, figures) in measured {
        for figure in figures.iter().filter(|figure| row(group, &figure.key).is_none()) {
            match &figure.value {
                Ok(value) => println!("{:<42} {:>10}", figure.key, shown(*value)),
                Err(why) => println!("{:<42} {:>10}  {why}", figure.key, "null"),
            }
        }
    }
}

fn row(group: &Group, key: &str) -> Option<&'static Row> {
    group.rows.iter().find(|row| row.key == key)
}

fn print_row(row: &Row, figure: &Figure) {
    match &figure.value {
        Ok(value) => {
            let verdict = if row.goal.is_met(*value) { "met" } else { "not met" };
            println!(
                "{:<42} {:>10} {:>10}  {verdict:<8} {}",
                row.key,
                shown(*value),
                row.goal,
                row.what
            );
        }
        Err(why) => println!("{:<42} {:>10} {:>10}  {why}", row.key, "null", row.goal),
    }
}

fn shown(value: f64) -> String {
    if value.abs() < 100.0 {
        format!("{value:.3}")
    } else {
        format!("{value:.0}")
    }
}

/// Writes `target/bench/compare.json`: one flat object, a key a figure. Figures of rows that were not asked for this time
/// are left out.
pub fn write(measured: &[(&Group, Vec<Figure>)]) -> xtask::Result<PathBuf> {
    let mut object = Map::new();
    for figure in measured.iter().flat_map(|(_, figures)| figures) {
        // To a ten-thousandth; the rest is noise.
        let value = figure
            .value
            .as_ref()
            .map_or(Value::Null, |value| Value::from((value * 1e4).round() / 1e4));
        object.insert(figure.key.clone(), value);
    }
    let folder = xtask::target_directory()?.join("bench");
    fs::create_dir_all(&folder)?;
    let file = folder.join("compare.json");
    fs::write(&file, serde_json::to_string_pretty(&object)? + "\n")?;
    Ok(file)
}
