//! The marker: a file that no backup carries and that names the installation, so that a restored phone is noticed.

use std::path::Path;

use crate::{
    disk::Disk,
    error::{Error, Result},
};

/// The marker, and the disk on which it lies.
#[derive(Clone, Copy)]
pub struct Marker<'a> {
    pub path: &'a Path,
    pub disk: &'a dyn Disk,
}

/// What a marker says of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It names this one.
    This,
    /// It names another one, or cannot be understood.
    Another,
    /// There is no marker.
    Nothing,
}

impl Marker<'_> {
    /// What the marker says of this installation.
    pub fn says_of(&self, install: &str) -> Result<Said> {
        Ok(match self.disk.read(self.path).map_err(unusable)? {
            None => Said::Nothing,
            Some(named) if named == install.as_bytes() => Said::This,
            Some(_) => Said::Another,
        })
    }

    /// Replaces the marker as a whole, so that a process that is killed leaves the old one or the new one. It is called within the
    /// transaction that begins the installation, so that no other process can come between. Where the commit fails then, the marker names an
    /// installation that the file does not have, and the next start begins another one.
    pub fn write(&self, install: &str) -> Result<()> {
        self.disk.replace(self.path, install.as_bytes()).map_err(unusable)
    }
}

fn unusable(_: std::io::Error) -> Error {
    Error::invalid("marker", "cannot be read or written; give a file in a private folder that exists")
}
