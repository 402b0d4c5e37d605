//! The marker: a file that no backup carries and that names the installation, so that a restored phone is noticed. Its second line says which
//! file it belongs to, so that a copy is noticed also where the marker was copied along.

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
    /// Device and number of the database's file; `None` where the system has no such numbers.
    pub of: Option<(u64, u64)>,
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
        Ok(match self.read()? {
            None => Said::Nothing,
            Some(named) if self.is_of(&named, install) => Said::This,
            Some(_) => Said::Another,
        })
    }

    fn read(&self) -> Result<Option<Vec<u8>>> {
        self.disk.read(self.path).map_err(unusable)
    }

    /// The number of the file decides. That of the device is kept beside it and decides nothing, because some phones number their disks anew
    /// at a start, and no person must be asked everything again for that. A marker of an earlier version has no second line.
    fn is_of(&self, named: &[u8], install: &str) -> bool {
        let Ok(named) = std::str::from_utf8(named) else { return false };
        match (named.split_once('\n'), self.of) {
            (None, _) => named == install,
            (Some((name, _)), None) => name == install,
            (Some((name, file)), Some((_, number))) => {
                name == install && file.split(' ').next().is_some_and(|known| known == number.to_string())
            }
        }
    }

    /// What the marker of this installation on this file holds.
    fn text(&self, install: &str) -> String {
        self.of.map_or_else(|| install.to_owned(), |(device, number)| format!("{install}\n{number} {device}"))
    }

    /// Lets the marker name this installation and this file.
    pub fn name(&self, install: &str) -> Result<()> {
        if self.read()?.is_some_and(|named| named == self.text(install).as_bytes()) { Ok(()) } else { self.write(install) }
    }

    /// Replaces the marker as a whole, so that a process that is killed leaves the old one or the new one. It is called within the
    /// transaction that begins the installation, so that no other process can come between. Where the commit fails then, the marker names an
    /// installation that the file does not have, and the next start begins another one.
    fn write(&self, install: &str) -> Result<()> {
        self.disk.replace(self.path, self.text(install).as_bytes()).map_err(unusable)
    }
}

fn unusable(_: std::io::Error) -> Error {
    Error::invalid("marker", "cannot be read or written; give a file in a private folder that exists")
}
