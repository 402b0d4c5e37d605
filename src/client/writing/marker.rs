//! The marker: a file that no backup carries and that names the installation, so that a restored phone is noticed.

use std::{fs, io::Write, path::Path};

use crate::error::{Error, Result};

/// The installation the marker names; empty where there is no marker.
pub fn read(marker: &Path) -> Result<String> {
    match fs::read_to_string(marker) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(unusable(error)),
    }
}

/// Replaces the marker as a whole, so that a process that is killed leaves the old one or the new one. It is called within the transaction
/// that begins the installation, so that no other process can come between. Where the commit fails then, the marker names an installation
/// that the file does not have, and the next start begins another one.
pub fn write(marker: &Path, install: &str) -> Result<()> {
    let mut fresh = marker.as_os_str().to_owned();
    fresh.push(".new");
    let mut file = fs::File::create(&fresh).map_err(unusable)?;
    file.write_all(install.as_bytes()).and_then(|()| file.sync_all()).map_err(unusable)?;
    fs::rename(&fresh, marker).map_err(unusable)
}

fn unusable(_: std::io::Error) -> Error {
    Error::invalid("marker", "cannot be read or written; give a file in a private folder that exists")
}
