//! Completions for a shell, and the man page.

use std::io;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{
    args::Args,
    outcome::{Found, Outcome},
    print,
};

/// Writes the completions for a shell.
pub fn completions(shell: Shell) -> Outcome {
    let mut text = vec![];
    clap_complete::generate(shell, &mut Args::command(), "consentkit", &mut text);
    print::text(&String::from_utf8_lossy(&text));
    Ok(Found::Nothing)
}

/// Writes the man page, with every command in it.
pub fn man() -> Outcome {
    let mut text = vec![];
    page(Args::command(), &mut text).ok();
    print::text(&String::from_utf8_lossy(&text));
    Ok(Found::Nothing)
}

/// The page of a command, and after it those of the commands below it.
fn page(command: clap::Command, text: &mut Vec<u8>) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).replace(' ', "-");
    clap_mangen::Man::new(command.clone().name(name.clone())).render(text)?;
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        page(below.clone().display_name(format!("{name} {}", below.get_name())), text)?;
    }
    Ok(())
}
