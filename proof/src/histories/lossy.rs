//! A wire that loses, doubles and delays, and writes down what crossed it.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use consentkit::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use serde_json::Value;

use super::happened::Happened;
use crate::wire::Plain;

/// What happens to the next request that carries changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Luck {
    /// It arrives, and so does its answer.
    Good,
    /// It is lost.
    RequestLost,
    /// It arrives; the answer is lost.
    AnswerLost,
    /// It arrives twice.
    Twice,
    /// It is lost for the client, and arrives at some later time.
    Late,
    /// It arrives, and a copy of it once more at some later time.
    Echo,
}

impl Luck {
    fn told(self) -> Option<&'static str> {
        match self {
            Self::Good => None,
            Self::RequestLost => Some("a request was lost"),
            Self::AnswerLost => Some("an answer was lost"),
            Self::Twice => Some("a request arrived twice at once"),
            Self::Late => Some("a request arrived late"),
            Self::Echo => Some("a request arrived again later"),
        }
    }
}

/// One exchange as it was seen on the wire.
pub struct Crossed {
    /// The request's body.
    pub request: Value,
    /// What the client was answered, where an answer reached it and its status was 2xx.
    pub answer: Option<Value>,
}

impl Crossed {
    /// The exchange in words, for whoever plays a seed again.
    pub fn told(&self) -> String {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let of = |list: &Value, told: &dyn Fn(&Value) -> String| {
            list.as_array().map_or_else(Vec::new, |list| list.iter().map(told).collect()).join(", ")
        };
        let change = |change: &Value| {
            let record = serde_json::from_str::<Value>(change["record"].as_str().unwrap_or_default()).unwrap_or_default();
            let words = [&change["kind"], &record["purpose"], &record["choice"]].map(text).join(" ");
            format!("{} {}", record["seq"], words.trim_end_matches(" -"))
        };
        let result = |result: &Value| {
            let words = ["outcome", "first", "reason"].map(|field| text(&result[field])).join(" ");
            words.trim_end_matches(" -").to_owned()
        };
        let (request, nothing) = (&self.request, Value::Null);
        let answer = self.answer.as_ref().unwrap_or(&nothing);
        let state = |state: &Value| format!("{} {} {}", text(&state["purpose"]), text(&state["status"]), state["epoch"]);
        format!(
            "   {} [{}], acknowledged {} -> {}[{}], anchor {}, states [{}]",
            text(&request["subject"]),
            of(&request["changes"], &change),
            request["acknowledged"]["seq"],
            if self.answer.is_none() { "no answer " } else { "" },
            of(&answer["results"], &result),
            answer["anchor"]["seq"],
            of(&answer["states"], &state),
        )
    }
}

#[derive(Default)]
struct Inner {
    luck: Option<Luck>,
    crossed: Vec<Crossed>,
    /// The delayed requests, each with the count of requests before it.
    late: Vec<(u64, HttpRequest)>,
    requests: u64,
    happened: Happened,
}

/// One device's wire.
pub struct Lossy {
    down: Arc<AtomicBool>,
    inner: Mutex<Inner>,
}

impl Lossy {
    /// A wire to a server that may be down.
    pub fn new(down: Arc<AtomicBool>) -> Arc<Self> {
        Arc::new(Self { down, inner: Mutex::default() })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides over the next request with changes.
    pub fn set(&self, luck: Luck) {
        self.inner().luck = Some(luck);
    }

    /// What crossed since the last call. The next request arrives whole unless something else is decided over it.
    pub fn take(&self) -> Vec<Crossed> {
        let mut inner = self.inner();
        inner.luck = None;
        std::mem::take(&mut inner.crossed)
    }

    /// What happened on it since the last call.
    pub fn happened(&self) -> Happened {
        self.inner().happened.take()
    }

    /// Lets what was delayed arrive, and says how many requests these were.
    pub fn deliver_late(&self) -> usize {
        if self.down.load(Ordering::SeqCst) {
            return 0;
        }
        let late = std::mem::take(&mut self.inner().late);
        for (at, request) in &late {
            let _ = Plain.send(request.clone());
            let mut inner = self.inner();
            if inner.requests > *at {
                inner.happened.note("an older request arrived after a newer one");
            }
        }
        late.len()
    }

    fn delay(&self, request: HttpRequest) {
        let mut inner = self.inner();
        let at = inner.requests;
        inner.late.push((at, request));
    }
}

impl Transport for Lossy {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let lost = || Err(TransportError::Unreachable { reason: "lost".into() });
        if self.down.load(Ordering::SeqCst) {
            self.inner().happened.note("a request met a partition");
            return lost();
        }
        if !request.url.ends_with("/v1/sync") {
            return Plain.send(request);
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let carries = body["changes"].as_array().is_some_and(|changes| !changes.is_empty());
        let luck = if carries { self.inner().luck.take().unwrap_or(Luck::Good) } else { Luck::Good };
        let mut answer = None;
        {
            let mut inner = self.inner();
            inner.requests += u64::from(carries);
            if body["changes"].as_array().is_some_and(|changes| changes.iter().any(|change| change["kind"] == "relay")) {
                inner.happened.note("a withdrawal made elsewhere was brought back");
            }
            if let Some(what) = luck.told() {
                inner.happened.note(what);
            }
        }
        let result = match luck {
            Luck::RequestLost => lost(),
            Luck::Late => {
                self.delay(request);
                lost()
            }
            Luck::AnswerLost => Plain.send(request).and_then(|_| lost()),
            Luck::Good => Plain.send(request),
            Luck::Twice => Plain.send(request.clone()).and_then(|_| Plain.send(request)),
            Luck::Echo => {
                self.delay(request.clone());
                Plain.send(request)
            }
        };
        if let Ok(response) = &result
            && (200..300).contains(&response.status)
        {
            answer = serde_json::from_slice(&response.body).ok();
        }
        self.inner().crossed.push(Crossed { request: body, answer });
        result
    }
}
