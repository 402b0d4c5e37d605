//! Answers with a fault in their bytes, shape or logic: each is refused whole, and nothing leaves the queue.

use serde_json::{Value, json};

use super::{
    honest::{self, Asked},
    scene::{Scene, Scenes, http, nothing, registered},
};
use crate::stage::{Done, Tally};

/// An honest answer is cut at each of so many places.
const CUTS: usize = 24;
/// The client's bound on an answer, decoded bytes.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// Past every bound on a name.
const LONG: usize = 5_000;

type Spoil = Box<dyn Fn(&Value, &Asked) -> Vec<u8> + Send + Sync>;

/// Runs them.
pub fn run(scenes: &Scenes, tally: &mut Tally) -> Done {
    for scene in [&scenes.grant, &scenes.grants, &scenes.withdrawals] {
        for (name, spoil) in bytes().into_iter().chain(shapes()).chain(logic(scene)) {
            let script = registered(move |asked| http(200, spoil(&honest::answer(asked), asked)));
            tally.case(&format!("{name} to {}", scene.name), scenes.attack(scene, nothing, script).map(drop));
        }
    }
    for (name, body) in tokens() {
        let script = Box::new(move |asked: &Asked, _| {
            http(200, if asked.path == "/v1/installs" { body.clone() } else { honest::answer(asked).to_string().into_bytes() })
        });
        tally.case(&format!("a registration with {name}"), scenes.attack(&scenes.grants, nothing, script).map(drop));
    }
    Ok(())
}

fn case(name: impl Into<String>, spoil: impl Fn(&Value, &Asked) -> Vec<u8> + Send + Sync + 'static) -> (String, Spoil) {
    (name.into(), Box::new(spoil))
}

fn bytes() -> Vec<(String, Spoil)> {
    let mut cases: Vec<(String, Spoil)> = (0..CUTS)
        .map(|cut| {
            case(format!("cut at {cut} of {CUTS}"), move |answer, _| {
                let text = answer.to_string().into_bytes();
                text[..text.len() * cut / CUTS].to_vec()
            })
        })
        .collect();
    for text in
        ["null", "[]", "true", "0", "\"\"", "{}", "{", "]", "{\"results\":", "<html>Sign in to the hotel's network</html>", "\0", "NaN"]
    {
        cases.push(case(format!("the body {text:?}"), move |_, _| text.as_bytes().to_vec()));
    }
    let around = |before: &'static [u8], after: &'static [u8]| {
        move |answer: &Value, _: &Asked| [before, answer.to_string().as_bytes(), after].concat()
    };
    cases.push(case("a byte-order mark", around(b"\xef\xbb\xbf", b"")));
    cases.push(case("a second document", around(b"", b"{}")));
    cases.push(case("a NUL behind it", around(b"", b"\0")));
    cases.push(case("a byte that is no UTF-8", around(b"\xff", b"")));
    cases.push(case("no UTF-8 in a name", |answer, _| {
        answer
            .to_string()
            .replacen("\"h1\"", "\"h1?\"", 1)
            .into_bytes()
            .into_iter()
            .map(|byte| if byte == b'?' { 0xff } else { byte })
            .collect()
    }));
    cases.push(case("UTF-16", |answer, _| answer.to_string().encode_utf16().flat_map(u16::to_le_bytes).collect()));
    cases.push(case("a lone surrogate", |answer, _| answer.to_string().replacen("\"h1\"", r#""\ud800""#, 1).into_bytes()));
    for depth in [33, 1_000, 100_000] {
        cases.push(case(format!("nested {depth} deep"), move |answer, _| {
            extra(answer, &format!("{}{}", "[".repeat(depth), "]".repeat(depth)))
        }));
    }
    cases.push(case("a list of 10,001", |answer, _| extra(answer, &json!(vec![0; 10_001]).to_string())));
    cases.push(case("more than 1 MiB", |answer, _| extra(answer, &json!("x".repeat(MAX_ANSWER_BYTES)).to_string())));
    for key in ["results", "states", "history", "cursor", "server_time"] {
        cases.push(case(format!("{key} twice"), move |answer, _| {
            answer.to_string().replacen('{', &format!("{{\"{key}\":{},", answer[key]), 1).into_bytes()
        }));
    }
    for key in ["op", "outcome", "purpose", "status", "epoch"] {
        cases.push(case(format!("{key} twice within"), move |answer, _| {
            answer.to_string().replacen(&format!("\"{key}\":"), &format!("\"{key}\":null,\"{key}\":"), 1).into_bytes()
        }));
    }
    cases
}

fn extra(answer: &Value, value: &str) -> Vec<u8> {
    answer.to_string().replacen('{', &format!("{{\"extra\":{value},"), 1).into_bytes()
}

/// Places of an answer, with values that do not belong there.
fn shapes() -> Vec<(String, Spoil)> {
    let places: [(&str, &[&str]); 18] = [
        ("/results", &["null", "{}", "1", "\"x\"", "[1]", "[null]", "[[]]"]),
        ("/states", &["null", "{}", "1", "\"x\"", "[1]", "[{}]"]),
        ("/history", &["null", "1", "[]", "\"\""]),
        ("/cursor", &["null", "1", "{}", "\"\""]),
        ("/server_time", &["null", "0", "\"\"", "\"yesterday\"", "\"2026-13-45T99:99:99Z\""]),
        ("/more", &["1", "\"true\"", "[]"]),
        ("/lost", &["1", "\"true\"", "[]"]),
        ("/last_arrived", &["1", "\"x\"", "[]", "{}", r#"{"seq":-1,"hash":"00"}"#, r#"{"seq":1}"#]),
        ("/anchor", &["1", "\"x\"", "[]", "{}", r#"{"seq":-1,"hash":"00"}"#, r#"{"seq":1}"#, r#"{"seq":9223372036854775808,"hash":""}"#]),
        ("/policy", &["1", "{}", r#"{"id":"influential","version":"9","edition":-1}"#, r#"{"id":"","version":"9","edition":9}"#]),
        ("/results/0/op", &["null", "1", "[]", "\"\"", "\"another\""]),
        ("/results/0/outcome", &["null", "1", "\"\"", "\"Applied\"", "\"granted\"", "\"duplicate\"", "{}"]),
        ("/results/0/epoch", &["-1", "\"1\"", "1.5", "1e99", "9223372036854775808", "[]"]),
        ("/states/0/purpose", &["null", "1", "\"\"", "[]"]),
        ("/states/0/status", &["null", "1", "\"\"", "\"allowed\"", "\"Granted\"", "true"]),
        ("/states/0/history", &["null", "1", "\"\""]),
        ("/states/0/epoch", &["null", "-1", "\"1\"", "0.5", "9223372036854775808", "-9223372036854775809"]),
        ("/states/0/withdrawals", &["null", "{}", "[1]", r#"[{"op":"x"}]"#, r#"[{"op":"","epoch":1}]"#, r#"[{"op":"x","epoch":0}]"#]),
    ];
    let mut cases = vec![];
    for (place, values) in places {
        for text in values {
            cases.push(case(format!("{place} = {text}"), move |answer, _| {
                // Not by way of a parsed value: what no number holds must reach the wire.
                set(answer, place, json!("@@")).to_string().replacen("\"@@\"", text, 1).into_bytes()
            }));
        }
    }
    for place in ["/results", "/states", "/history", "/cursor", "/server_time", "/results/0/op", "/results/0/outcome", "/states/0/purpose"]
    {
        cases.push(case(format!("no {place}"), move |answer, _| without(answer, place).to_string().into_bytes()));
    }
    for place in ["/states/0/status", "/states/0/history", "/states/0/epoch", "/states/0/revision"] {
        cases.push(case(format!("no {place}"), move |answer, _| without(answer, place).to_string().into_bytes()));
    }
    for place in ["/history", "/cursor", "/results/0/reason", "/states/0/purpose", "/states/0/op"] {
        cases.push(case(format!("a long {place}"), move |answer, _| set(answer, place, json!("x".repeat(LONG))).to_string().into_bytes()));
    }
    cases
}

fn set(answer: &Value, place: &str, value: Value) -> Value {
    let mut answer = answer.clone();
    if let Some((parent, last)) = place.rsplit_once('/')
        && let Some(object) = answer.pointer_mut(parent).and_then(Value::as_object_mut)
    {
        object.insert(last.into(), value);
    }
    answer
}

fn without(answer: &Value, place: &str) -> Value {
    let mut answer = answer.clone();
    if let Some((parent, last)) = place.rsplit_once('/')
        && let Some(object) = answer.pointer_mut(parent).and_then(Value::as_object_mut)
    {
        object.remove(last);
    }
    answer
}

/// Faults in what an answer says, each of which makes all of it unbelievable.
fn logic(scene: &Scene) -> Vec<(String, Spoil)> {
    let write = |answer: Value| answer.to_string().into_bytes();
    let mut cases = vec![
        case("a result twice", move |answer, _| {
            let first = answer["results"][0].clone();
            write(pushed(answer, "/results", first))
        }),
        case("a state twice", move |answer, _| {
            let first = answer["states"][0].clone();
            write(pushed(answer, "/states", first))
        }),
        case("a foreign result", move |answer, _| {
            write(pushed(answer, "/results", json!({ "op": "foreign", "outcome": "applied", "epoch": 1 })))
        }),
        case("a duplicate of a duplicate", move |answer, _| {
            write(set(&set(answer, "/results/0/outcome", json!("duplicate")), "/results/0/first", json!("duplicate")))
        }),
        case("withdrawals that do not rise", move |answer, _| {
            let list = json!([{ "op": "a", "epoch": 2 }, { "op": "b", "epoch": 1 }]);
            write(set(answer, "/states/0/withdrawals", list))
        }),
        case("withdrawals past the state's number", move |answer, _| {
            write(set(answer, "/states/0/withdrawals", json!([{ "op": "a", "epoch": 77 }])))
        }),
        case("65 withdrawals", move |answer, _| {
            let list: Vec<Value> = (1..=65).map(|epoch| json!({ "op": format!("w{epoch}"), "epoch": epoch })).collect();
            write(set(&set(answer, "/states/0/epoch", json!(65)), "/states/0/withdrawals", json!(list)))
        }),
    ];
    if scene.name.contains("withdrawal") {
        for epoch in [Value::Null, json!(0)] {
            cases.push(case(format!("a withdrawal numbered {epoch}"), move |answer, _| {
                write(set(answer, "/results/0/epoch", epoch.clone()))
            }));
        }
    }
    cases
}

fn pushed(answer: &Value, place: &str, value: Value) -> Value {
    let mut answer = answer.clone();
    if let Some(list) = answer.pointer_mut(place).and_then(Value::as_array_mut) {
        list.push(value);
    }
    answer
}

fn tokens() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("no token", b"{}".to_vec()),
        ("an empty token", br#"{"token":""}"#.to_vec()),
        ("a token with a line break", br#"{"token":"a\r\nX: y"}"#.to_vec()),
        ("a token with a NUL", br#"{"token":"a\u0000"}"#.to_vec()),
        ("a token that is no text", br#"{"token":7}"#.to_vec()),
        ("two tokens", br#"{"token":"a","token":"b"}"#.to_vec()),
        ("a token past its bound", json!({ "token": "x".repeat(LONG) }).to_string().into_bytes()),
        ("more than 1 MiB", vec![b' '; MAX_ANSWER_BYTES + 1]),
    ]
}
