//! The program: what it tells, how it stops, and with which code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../influential/policy.json");

fn program(folder: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_consentkit-server"));
    program.current_dir(folder).env_remove("CONSENTKIT_OPERATOR_KEY").stdout(Stdio::piped()).stderr(Stdio::piped());
    program
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = program(folder).args(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// Reads until the address is told.
fn listening(child: &mut Child) -> (String, String) {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let mut told = String::new();
    loop {
        let line = lines.next().expect("the address is told").unwrap();
        if let Some(address) = line.strip_prefix("listening on http://") {
            return (address.to_owned(), told);
        }
        told.push_str(&line);
        told.push('\n');
    }
}

#[test]
fn the_help_and_a_wrong_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let (code, told, _) = run(folder.path(), &["--help"]);
    assert_eq!(code, Some(0));
    for option in ["--listen", "--database", "--policy", "--in-memory", "CONSENTKIT_OPERATOR_KEY"] {
        assert!(told.contains(option), "{option}");
    }
    let (code, _, error) = run(folder.path(), &["--nonsense"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("--nonsense") && error.contains("--help"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn what_cannot_be_started_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let text_file = path("text.db", "This is no database, but a text that is long enough to be taken for a page of one.");
    let empty_policy = path("policy.json", "{}");
    let occupier = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let occupied = occupier.local_addr().unwrap().to_string();
    let table: [(&[&str], &str); 5] = [
        (&["--policy", "missing.json"], "missing.json"),
        (&["--policy", &empty_policy], "policy 1"),
        (&["--policy", POLICY, "--database", &text_file], "database"),
        (&["--policy", POLICY, "--database", "no/such/folder/x.db"], "no/such/folder"),
        (&["--policy", POLICY, "--in-memory", "--listen", &occupied], &occupied),
    ];
    for (arguments, named) in table {
        let (code, _, error) = run(folder.path(), arguments);
        assert_eq!(code, Some(1), "{arguments:?}: {error}");
        assert!(error.contains(named), "{arguments:?}: {error}");
    }
    assert!(fs::read_to_string(text_file).unwrap().starts_with("This is no database"));
}

#[cfg(unix)]
#[test]
fn it_tells_where_it_listens_keeps_its_key_private_and_stops_cleanly() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut child = program(folder.path()).args(["--listen", "127.0.0.1:0", "--policy", POLICY]).spawn().unwrap();
        let (address, told) = listening(&mut child);
        assert!(told.contains("operator key: in consentkit-server.db.operator-key"), "{told}");
        let key = fs::read_to_string(folder.path().join("consentkit-server.db.operator-key")).unwrap();
        assert!(!told.contains(&key));
        for file in ["consentkit-server.db", "consentkit-server.db.operator-key"] {
            assert_eq!(fs::metadata(folder.path().join(file)).unwrap().permissions().mode() & 0o077, 0, "{file}");
        }
        // A connection that stays open and silent does not hold the server up.
        let mut idle = TcpStream::connect(&address).unwrap();
        write!(idle, "GET /healthz HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\r\n").unwrap();
        let mut start = [0; 15];
        idle.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 200 OK");
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        assert!(!folder.path().join("consentkit-server.db-wal").exists(), "the database is closed");
    }
}

#[test]
fn an_operator_key_from_outside_is_not_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = program(folder.path());
    child.env("CONSENTKIT_OPERATOR_KEY", "from-outside").args(["--listen", "127.0.0.1:0", "--policy", POLICY]);
    let mut child = child.spawn().unwrap();
    let (_, told) = listening(&mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(told.contains("from CONSENTKIT_OPERATOR_KEY") && !told.contains("from-outside"), "{told}");
    assert!(!folder.path().join("consentkit-server.db.operator-key").exists());
    let output = program(folder.path()).env("CONSENTKIT_OPERATOR_KEY", " ").args(["--policy", POLICY]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("operator's key is empty"));
}
