//! The ways to send messages. Six are known, and a policy can define more.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::json::FromJson;

/// A way to send marketing messages; consent is asked for each apart (KR-1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// E-mail: the one channel that may be used at night without a separate consent (KR-4).
    Email,
    /// Text message.
    Sms,
    /// App push.
    Push,
    /// KakaoTalk message.
    Kakao,
    /// Telephone call.
    Phone,
    /// Letter. It is no electronic medium, so it has no night (KR-4).
    Post,
    /// One that the policy defines in `channels`, by its id.
    Other(String),
}

/// The known channels, with their words.
const KNOWN: [(Channel, &str); 6] = [
    (Channel::Email, "email"),
    (Channel::Sms, "sms"),
    (Channel::Push, "push"),
    (Channel::Kakao, "kakao"),
    (Channel::Phone, "phone"),
    (Channel::Post, "post"),
];

impl Channel {
    /// The channel with this word.
    pub fn named(word: &str) -> Self {
        Self::known(word).unwrap_or_else(|| Self::Other(word.to_owned()))
    }

    /// The known channel with this word.
    pub(super) fn known(word: &str) -> Option<Self> {
        KNOWN.into_iter().find(|(_, known)| *known == word).map(|(channel, _)| channel)
    }

    /// Its word in a document: `email`.
    pub fn word(&self) -> &str {
        match self {
            Self::Other(id) => id,
            known => KNOWN.iter().find(|(channel, _)| channel == known).map_or("", |(_, word)| word),
        }
    }

    /// The words of the known ones, as an error lists them.
    pub(super) fn known_words() -> String {
        let words: Vec<String> = KNOWN.iter().map(|(_, word)| format!("{word:?}")).collect();
        words.join(", ")
    }
}

impl FromJson for Channel {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_str().map(Self::named)
    }
}

impl Serialize for Channel {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        writer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        String::deserialize(reader).map(|word| Self::named(&word))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Channel {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Channel".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A way to send marketing messages: `email`, `sms`, `push`, `kakao`, `phone`, `post`, or one that the policy defines in `channels`.",
            "type": "string",
            "format": "channel",
        })
    }
}

fn yes() -> bool {
    true
}

/// A channel that the policy brings itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChannelDefinition {
    /// Its name, by which purposes name it: `in-game`.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// False where it is no electronic medium, as a letter is none.
    #[serde(default = "yes")]
    pub electronic: bool,
    /// False where the policy's night does not hold its messages back.
    #[serde(default = "yes")]
    pub night: bool,
}

#[cfg(test)]
mod tests {
    use super::{Channel, KNOWN};

    #[test]
    fn a_channel_is_written_as_it_is_read() {
        for (channel, word) in KNOWN {
            assert_eq!((Channel::named(word), channel.word()), (channel.clone(), word));
        }
        assert_eq!(Channel::named("in-game"), Channel::Other("in-game".into()));
        assert_eq!(Channel::named("in-game").word(), "in-game");
    }
}
