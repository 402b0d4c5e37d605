//! Every status code with every kind of change: only a 2xx that names a change may take it out of the queue.

use super::{
    honest,
    scene::{Scene, Scenes, drains, http, nothing, registered},
};
use crate::stage::{Done, Tally};

/// Status codes that the protocol's table names, or that lie at the edge of a range: always in the slice.
const NAMED: [i32; 26] =
    [100, 199, 200, 204, 299, 300, 301, 307, 399, 400, 401, 403, 404, 405, 408, 409, 410, 413, 421, 422, 425, 429, 500, 503, 599, 699];

/// Beside the named ones the slice takes every code at this distance.
const STRIDE: i32 = 97;

/// Runs them.
pub fn run(scenes: &Scenes, tally: &mut Tally, slice: bool) -> Done {
    let kinds: [&Scene; 4] = [&scenes.grant, &scenes.withdrawal, &scenes.grants, &scenes.withdrawals];
    for scene in kinds {
        for status in (100..700).filter(|status| !slice || NAMED.contains(status) || status % STRIDE == 0) {
            tally.case(&format!("{status} to {}", scene.name), one(scenes, scene, status));
        }
        tally.case(&format!("an honest 200 to {}", scene.name), drains(scenes, scene));
    }
    Ok(())
}

/// Under any other status the body claims that everything was taken up; under a 2xx it names nothing, or is empty.
fn one(scenes: &Scenes, scene: &Scene, status: i32) -> Done {
    let taken = (200..300).contains(&status);
    let script = registered(move |asked| match taken {
        true if status % 2 == 0 => http(status, honest::pull(serde_json::json!([])).to_string()),
        true => http(status, ""),
        false => http(status, honest::answer(asked).to_string()),
    });
    scenes.attack(scene, nothing, script)?;
    // The registration meets the same status.
    let script = Box::new(move |_: &honest::Asked, _| http(status, if taken { "{}" } else { r#"{"token":"t"}"# }));
    scenes.attack(scene, nothing, script)?;
    Ok(())
}
