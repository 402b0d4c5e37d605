//! Answers that read well and are not true.

use std::sync::atomic::{AtomicUsize, Ordering};

use consentkit::transport::HttpHeader;
use serde_json::{Value, json};

use super::{
    honest::{self, Asked, HISTORY},
    scene::{MAIL, MANY, ONE, Said, Scene, Scenes, http, nothing, registered},
};
use crate::stage::{DAY, Done, NOON, POLICY, Tally};

/// Most bytes that a file may grow by while a server tells of purposes that nobody knows.
const MAX_FILE_GROWTH: u64 = 256 * 1024;

/// Longest wait that a server may ask for.
const MAX_WAIT_MS: i64 = 6 * 60 * 60 * 1000;

/// Runs them.
pub fn run(scenes: &Scenes, tally: &mut Tally) -> Done {
    for scene in [&scenes.withdrawal, &scenes.withdrawals, &scenes.withdrawn, &scenes.member, &scenes.grant] {
        states(scenes, scene, tally);
    }
    for scene in [&scenes.grants, &scenes.withdrawals, &scenes.member] {
        results(scenes, scene, tally);
        cursors(scenes, scene, tally);
    }
    for scene in [&scenes.all_granted, &scenes.withdrawn, &scenes.withdrawals] {
        anchors(scenes, scene, tally);
        policies(scenes, scene, tally);
    }
    waits(scenes, tally);
    for scene in [&scenes.withdrawal, &scenes.withdrawals, &scenes.withdrawn, &scenes.member, &scenes.all_granted] {
        tally.case(&format!("a name in use elsewhere, to {}", scene.name), name_taken(scenes, scene));
    }
    tally.case("another server behind the name", another_server(scenes));
    tally.case("a grant made elsewhere, with its record, counts", elsewhere(scenes));
    Ok(())
}

/// Says at each registration that the name is in use by another phone: the device begins anew, and the person's withdrawals stay. What was
/// about the device itself goes with the name of the device; it still denies.
fn name_taken(scenes: &Scenes, scene: &Scene) -> Done {
    let taken = json!({ "error": { "code": "already_registered", "field": "install", "what": "is in use" } }).to_string();
    let script = move |asked: &Asked, _| if asked.path == "/v1/installs" { http(409, taken.clone()) } else { http(401, "") };
    let of_device = scenes.waiting_about_the_device(scene)?;
    let report = scenes.attack(scene, |op| of_device.iter().any(|about| about == op), Box::new(script))?;
    if report.restored { Ok(()) } else { Err("a new installation was not told".into()) }
}

/// Says of every purpose that it is granted, with each kind of record and number that does not carry it.
fn states(scenes: &Scenes, scene: &Scene, tally: &mut Tally) {
    let purposes: Vec<&'static str> = if scene.name.contains("member") { vec![MAIL] } else { vec![ONE, MAIL] };
    for (history, epoch) in [(HISTORY, 0), (HISTORY, 1), (HISTORY, 2), (HISTORY, i64::MAX), ("h2", 0), ("h2", 1), ("h2", i64::MAX)] {
        for forged in ["none", "own old grant", "own withdrawal", "another purpose's", "garbage", "newer format", "a link", "another op"] {
            // A number of the present numbering above the own withdrawal's says that someone saw it; only its record can tell, and these
            // records are this device's own or do not fit.
            let states: Vec<Value> = purposes
                .iter()
                .map(|purpose| {
                    let (op, record) = forge(scene, purpose, forged);
                    json!({
                        "purpose": purpose, "status": "granted", "history": history, "epoch": epoch, "revision": 9, "op": op,
                        "record": record, "withdrawals": []
                    })
                })
                .collect();
            for claims in [false, true] {
                let states = json!(states);
                let script = registered(move |asked| {
                    let mut answer = if claims { honest::answer(asked) } else { honest::pull(json!([])) };
                    answer["states"] = states.clone();
                    answer["history"] = json!(history);
                    http(200, answer.to_string())
                });
                let name =
                    format!("granted by {forged}, {history}:{epoch}, {}, to {}", if claims { "applied" } else { "pulled" }, scene.name);
                tally.case(&name, scenes.attack(scene, |_| claims, script).map(drop));
            }
        }
    }
}

fn forge(scene: &Scene, purpose: &str, forged: &str) -> (Value, Value) {
    let of = |purpose: &str, lowers: bool| {
        let fits = |change: &&Value| honest::record(change)["purpose"] == purpose && honest::lowers(change) == lowers;
        scene.records.iter().find(fits).cloned().unwrap_or(Value::Null)
    };
    let grant = of(purpose, false);
    let changed = |field: &str, value: Value| {
        let mut record = honest::record(&grant);
        record[field] = value;
        json!(record.to_string())
    };
    let record = match forged {
        "own old grant" => grant["record"].clone(),
        "own withdrawal" => of(purpose, true)["record"].clone(),
        "another purpose's" => of(if purpose == ONE { "cookies.marketing" } else { ONE }, false)["record"].clone(),
        "garbage" => json!("{\"format\":1,"),
        "newer format" => changed("format", json!(2)),
        "a link" => changed("kind", json!("link")),
        "another op" => changed("op", json!("018f0000-0000-7000-8000-000000000000")),
        _ => Value::Null,
    };
    (if forged == "none" { Value::Null } else { grant["op"].clone() }, record)
}

/// Outcomes that are not what happened, or name too much.
fn results(scenes: &Scenes, scene: &Scene, tally: &mut Tally) {
    let says = |fields: Value, all: bool| {
        registered(move |asked| {
            let mut answer = honest::pull(json!([]));
            let ops = asked.ops();
            let named = if all { ops.len() } else { ops.len().min(1) };
            answer["results"] = ops[..named]
                .iter()
                .map(|op| {
                    let mut result = fields.clone();
                    result["op"] = json!(op);
                    result
                })
                .collect();
            http(200, answer.to_string())
        })
    };
    let applied = json!({ "outcome": "applied", "epoch": 1 });
    let kept: Vec<Value> = vec![
        json!({ "outcome": "rejected", "reason": "no" }),
        json!({ "outcome": "rejected", "reason": "fork\u{0}", "epoch": 9 }),
        json!({ "outcome": "duplicate", "first": "rejected" }),
        json!({ "outcome": "rejected", "reason": "\u{202e}" }),
    ];
    for fields in kept {
        tally.case(&format!("{fields} to {}", scene.name), scenes.attack(scene, nothing, says(fields.clone(), true)).map(drop));
    }
    for fields in [json!({ "outcome": "stale_grant", "epoch": 3 }), json!({ "outcome": "duplicate", "first": "stale_grant" })] {
        // For a grant that is an answer; a withdrawal must stay.
        let grants = scene.name == "grants";
        let named = move |_: &str| grants;
        tally.case(&format!("{fields} to {}", scene.name), scenes.attack(scene, named, says(fields.clone(), true)).map(drop));
    }
    for (what, all) in [("all", true), ("the first", false)] {
        let script = says(applied.clone(), all);
        tally.case(&format!("{what} applied without a state, to {}", scene.name), scenes.attack(scene, |_| true, script).map(drop));
    }
    let script = registered(|asked| {
        let mut answer = honest::answer(asked);
        answer["results"] = json!([]);
        http(200, answer.to_string())
    });
    tally.case(&format!("states without results, to {}", scene.name), scenes.attack(scene, nothing, script).map(drop));
}

/// Pages without an end, and lists as long as an answer may be.
fn cursors(scenes: &Scenes, scene: &Scene, tally: &mut Tally) {
    let pages = |cursor: fn(&Asked) -> String, states: usize| {
        registered(move |asked| {
            let list: Vec<Value> = (0..states)
                .map(|index| json!({ "purpose": format!("p{index}"), "status": "granted", "history": HISTORY, "epoch": 0, "revision": 1 }))
                .collect();
            let mut answer = honest::pull(json!(list));
            answer["cursor"] = json!(cursor(asked));
            answer["more"] = json!(true);
            http(200, answer.to_string())
        })
    };
    let same: fn(&Asked) -> String = |_| "h1:1".into();
    let moving: fn(&Asked) -> String =
        |asked| format!("{}x", asked.body["cursor"].as_str().unwrap_or_default().get(..900).unwrap_or("h1:"));
    let swinging: fn(&Asked) -> String = |asked| if asked.body["cursor"] == "h1:1" { "h1:2".into() } else { "h1:1".into() };
    let odd: fn(&Asked) -> String = |_| "\u{0}\u{202e}\r\n".into();
    for (name, cursor, states) in [
        ("stands", same, 1),
        ("moves for ever", moving, 0),
        ("swings", swinging, 1),
        ("is odd", odd, 1),
        ("brings 5,000 states", same, 5_000),
    ] {
        tally.case(&format!("a cursor that {name}, to {}", scene.name), scenes.attack(scene, nothing, pages(cursor, states)).map(drop));
    }
    tally.case(&format!("6,000 unknown purposes an answer, to {}", scene.name), unknown_purposes(scenes, scene));
}

/// Purposes that no policy knows, new ones in every answer and for ever: none of them is kept (F-20).
fn unknown_purposes(scenes: &Scenes, scene: &Scene) -> Done {
    let pages = AtomicUsize::new(0);
    let script = registered(move |asked| {
        let page = pages.fetch_add(1, Ordering::SeqCst);
        let list: Vec<Value> = (0..6_000)
            .map(|index| {
                json!({ "purpose": format!("p.{page}.{index}"), "status": "granted", "history": HISTORY, "epoch": 0, "revision": 1 })
            })
            .collect();
        let mut answer = honest::answer(asked);
        answer["states"] = json!(list);
        answer["cursor"] = json!(format!("{HISTORY}:{page}"));
        answer["more"] = json!(true);
        http(200, answer.to_string())
    });
    let path = scenes.copy(scene)?;
    let before = std::fs::metadata(&path)?.len();
    let report = scenes.attack_on(&path, |_| true, script)?;
    let grown = std::fs::metadata(&path)?.len().saturating_sub(before);
    if report.unknown_purposes < 6_000 {
        return Err(format!("{} unknown purposes were counted", report.unknown_purposes).into());
    }
    if grown > MAX_FILE_GROWTH { Err(format!("the file grew by {grown} bytes").into()) } else { Ok(()) }
}

fn anchors(scenes: &Scenes, scene: &Scene, tally: &mut Tally) {
    let zeros = "0".repeat(64);
    let list = [
        ("none", Value::Null),
        ("a lower place", json!({ "seq": 1, "hash": zeros })),
        ("the highest place", json!({ "seq": i64::MAX, "hash": zeros })),
        ("place 0", json!({ "seq": 0, "hash": zeros })),
        ("another installation's", json!({ "seq": 5, "hash": "ab".repeat(32) })),
        ("no hash", json!({ "seq": 3, "hash": "" })),
        ("text for a hash", json!({ "seq": 3, "hash": "\u{0}" })),
    ];
    for (name, anchor) in list {
        // What came last may lie as the highest place may, and each answer may say once more that something was lost.
        for (field, lost) in [("anchor", false), ("last_arrived", false), ("last_arrived", true)] {
            for history in [HISTORY, "h2"] {
                let anchor = anchor.clone();
                let script = registered(move |_| {
                    let mut answer = honest::pull(json!([]));
                    if !anchor.is_null() {
                        answer[field] = anchor.clone();
                    }
                    answer["lost"] = json!(lost);
                    answer["history"] = json!(history);
                    http(200, answer.to_string())
                });
                let what = format!("{field} {name}, lost {lost}, {history}, to {}", scene.name);
                tally.case(&what, scenes.attack(scene, nothing, script).map(drop));
            }
        }
    }
    for time in ["1926-11-22T03:00:00Z", "2126-11-22T03:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"] {
        let script = registered(move |_| {
            let mut answer = honest::pull(json!([]));
            answer["server_time"] = json!(time);
            http(200, answer.to_string())
        });
        tally.case(&format!("the time {time} to {}", scene.name), scenes.attack(scene, nothing, script).map(drop));
    }
}

/// A later edition that would take a no for a yes.
fn policies(scenes: &Scenes, scene: &Scene, tally: &mut Tally) {
    type Edit = fn(&mut Value);
    let documents: [(&str, Edit); 8] = [
        ("consent is no longer asked", |document| each(document, |purpose| purpose["basis"] = json!("contract"))),
        ("nothing is required", |document| {
            each(document, |purpose| drop(purpose.as_object_mut().map(|purpose| purpose.remove("requires"))))
        }),
        ("an earlier material number", |document| each(document, |purpose| purpose["material"] = json!(0))),
        ("another scope", |document| each(document, |purpose| purpose["scope"] = json!("device"))),
        ("no purposes", |document| document["purposes"] = json!([])),
        ("another id", |document| document["id"] = json!("another")),
        ("no text", |document| *document = json!("x")),
        ("2 MiB", |document| document["title"] = json!("x".repeat(2 * 1024 * 1024))),
    ];
    for (name, edit) in documents {
        let script = registered(move |asked| {
            if asked.path.starts_with("/v1/policies/") {
                let mut document: Value = serde_json::from_str(&POLICY).unwrap_or(Value::Null);
                document["edition"] = json!(1_000);
                document["version"] = json!("2126-01-01");
                edit(&mut document);
                return http(200, document.to_string());
            }
            let mut answer = honest::pull(json!([]));
            answer["policy"] = json!({ "id": "influential", "version": "2126-01-01", "edition": 1_000 });
            http(200, answer.to_string())
        });
        tally.case(&format!("a policy: {name}, to {}", scene.name), scenes.attack(scene, nothing, script).map(drop));
    }
}

fn each(document: &mut Value, edit: fn(&mut Value)) {
    if let Some(purposes) = document["purposes"].as_array_mut() {
        purposes.iter_mut().filter(|purpose| purpose["basis"] == "consent").for_each(edit);
    }
}

/// A wait of any length and in any form is bounded.
fn waits(scenes: &Scenes, tally: &mut Tally) {
    for text in [
        "0",
        "-1",
        "1e9",
        "99999999999999999999",
        "9223372036854775807",
        "NaN",
        "",
        "\u{0}",
        "Fri, 22 Nov 2126 03:00:00 GMT",
        "Mon, 22 Nov 1926 03:00:00 GMT",
        "Fri, 99 Foo 2026 99:99:99 GMT",
    ] {
        for date in [None, Some("Mon, 22 Nov 1926 03:00:00 GMT"), Some("garbage")] {
            let outcome = wait(scenes, text, date);
            tally.case(&format!("Retry-After {text:?} at {date:?}"), outcome);
        }
    }
}

fn wait(scenes: &Scenes, text: &'static str, date: Option<&'static str>) -> Done {
    let script = registered(move |_| {
        let header = |name: &str, value: &str| HttpHeader { name: name.into(), value: value.into() };
        let mut said: Said = http(503, "");
        if let Ok(response) = &mut said {
            response.headers.push(header("Retry-After", text));
            response.headers.extend(date.map(|date| header("Date", date)));
        }
        said
    });
    let report = scenes.attack(&scenes.withdrawal, nothing, script)?;
    match report.retry_at {
        Some(at) if (NOON..=NOON + MAX_WAIT_MS).contains(&at) => Ok(()),
        other => Err(format!("the next request is due at {other:?}").into()),
    }
}

/// A second server with other data answers under the same name: what the person allowed here stays allowed, and it is told.
fn another_server(scenes: &Scenes) -> Done {
    let script = registered(|_| {
        let mut answer = honest::pull(json!([]));
        answer["history"] = json!("another");
        answer["cursor"] = json!("another:0");
        answer["anchor"] = json!({ "seq": 1, "hash": "ab".repeat(32) });
        http(200, answer.to_string())
    });
    scenes.keeps(&scenes.all_granted, &MANY, script)?;
    let script = registered(|_| {
        let mut answer = honest::pull(json!([]));
        answer["history"] = json!("another");
        http(200, answer.to_string())
    });
    let report = scenes.attack(&scenes.withdrawn, nothing, script)?;
    if report.server_lost_data { Ok(()) } else { Err("that it holds less was not told".into()) }
}

/// The rule is not that nothing ever counts: a grant of another phone, made in sight of the withdrawal, does.
fn elsewhere(scenes: &Scenes) -> Done {
    let scene = &scenes.withdrawn;
    let mut record = honest::record(scene.records.iter().find(|change| honest::record(change)["purpose"] == ONE).ok_or("no record")?);
    record["install"] = json!("ab".repeat(16));
    record["seq"] = json!(DAY);
    let state = json!([{
        "purpose": ONE, "status": "granted", "history": HISTORY, "epoch": 1, "revision": 9, "op": record["op"], "record": record.to_string()
    }]);
    let script = registered(move |_| http(200, honest::pull(state.clone()).to_string()));
    match scenes.attack(scene, nothing, script) {
        Err(raised) if raised.to_string().contains("was raised") => Ok(()),
        other => Err(format!("it did not count: {:?}", other.map(|report| report.state)).into()),
    }
}
