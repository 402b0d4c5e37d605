//! What a built library defines and what it leaves to the system, read without the platform's own tools.

use super::outcome::{Outcome, Stop, while_doing};
use goblin::{
    archive::Archive,
    elf::{Elf, program_header::PT_LOAD},
    mach::MachO,
};
use std::{collections::BTreeSet, fs, path::Path};

/// The symbols of a static library, by their names in C: without Mach-O's leading underscore.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    /// Defined in it and visible outside.
    pub defined: BTreeSet<String>,
    /// Used in it and defined nowhere in it: what it asks of the system.
    pub wanted: BTreeSet<String>,
}

/// Reads every object of a Mach-O static library.
pub fn of_apple_archive(file: &Path) -> Outcome<Symbols> {
    let bytes = read(file)?;
    let fault = |what: goblin::error::Error| Stop::Failed(format!("{} is no Mach-O library: {what}", file.display()));
    let archive = Archive::parse(&bytes).map_err(fault)?;
    let mut symbols = Symbols::default();
    for (name, member, _) in archive.summarize() {
        let place = member.offset as usize;
        let object = bytes.get(place..place + member.size()).unwrap_or_default();
        add(&mut symbols, object).map_err(|what| Stop::Failed(format!("{}({name}): {what}", file.display())))?;
    }
    let defined = &symbols.defined;
    symbols.wanted.retain(|name| !defined.contains(name));
    if symbols.defined.is_empty() {
        return Err(Stop::Failed(format!("{} defines nothing", file.display())));
    }
    Ok(symbols)
}

fn add(symbols: &mut Symbols, object: &[u8]) -> goblin::error::Result<()> {
    for symbol in MachO::parse(object, 0)?.symbols() {
        let (name, entry) = symbol?;
        if entry.is_stab() || !entry.is_global() {
            continue;
        }
        let name = name.strip_prefix('_').unwrap_or(name).to_owned();
        let side = if entry.is_undefined() { &mut symbols.wanted } else { &mut symbols.defined };
        side.insert(name);
    }
    Ok(())
}

/// The smallest page that every loaded segment of an ELF library is laid out for. Android devices with 16 KiB pages load nothing less.
pub fn page_of(file: &Path) -> Outcome<u64> {
    let bytes = read(file)?;
    let elf = Elf::parse(&bytes).map_err(|what| Stop::Failed(format!("{} is no ELF library: {what}", file.display())))?;
    let loaded = elf.program_headers.iter().filter(|header| header.p_type == PT_LOAD);
    // The address and the place in the file must agree, too, since a linker may state an alignment that the segment does not keep.
    let kept = loaded.map(|header| match header.p_align {
        align if align > 0 && header.p_vaddr % align == header.p_offset % align => align,
        _ => 0,
    });
    kept.min().ok_or_else(|| Stop::Failed(format!("{} loads nothing", file.display())))
}

fn read(file: &Path) -> Outcome<Vec<u8>> {
    fs::read(file).map_err(while_doing(format!("read {}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::{of_apple_archive, page_of};
    use crate::{
        outcome::{Outcome, while_doing},
        process, project,
    };
    use std::{fs, path::PathBuf, process::Command};

    /// A folder for one test, fresh.
    fn folder(name: &str) -> Outcome<PathBuf> {
        let folder = project::target().join("xtask-tests").join(name);
        project::remove(&folder)?;
        fs::create_dir_all(&folder).map_err(while_doing("make a folder".to_owned()))?;
        Ok(folder)
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_library_for_smaller_pages_is_told_from_one_for_larger() -> Outcome {
        let folder = folder("pages")?;
        let source = folder.join("one.c");
        fs::write(&source, "int one(void) { static int n = 1; return n++; }").map_err(while_doing("write".to_owned()))?;
        for page in [4096, 16384] {
            let library = folder.join(format!("{page}.so"));
            let mut link = Command::new("cc");
            link.arg("-shared").arg("-fPIC").arg(format!("-Wl,-z,max-page-size={page}")).arg("-o").arg(&library).arg(&source);
            process::run(&mut link)?;
            assert_eq!(page_of(&library)?, page);
        }
        Ok(())
    }

    #[test]
    fn what_is_no_library_is_refused() -> Outcome {
        let file = folder("none")?.join("libnone.a");
        fs::write(&file, "no library").map_err(while_doing("write".to_owned()))?;
        assert_eq!(page_of(&file).map_err(|stop| stop.code()), Err(1));
        assert_eq!(of_apple_archive(&file).map_err(|stop| stop.code()), Err(1));
        fs::write(&file, "!<arch>\n").map_err(while_doing("write".to_owned()))?;
        assert_eq!(of_apple_archive(&file).map_err(|stop| stop.code()), Err(1), "an empty one holds nothing to check");
        Ok(())
    }
}
