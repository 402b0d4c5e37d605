//! What may be asked: the policy document, its purposes, notices, faults and revisions.

mod agreed;
mod amendments;
mod announcements;
mod channel;
mod check;
mod collection;
mod contact;
mod cookie_names;
mod diff;
mod document;
mod fault;
mod google;
mod guards;
mod guide;
mod in_force;
mod language;
mod nearest;
mod night;
mod notice;
mod parse;
mod purpose;
mod purposes;
mod reason_text;
mod recipient;
mod regime;
pub mod revision;
mod rights;
mod shape;
mod structure;
mod validate;
mod view;
mod zone;

pub use amendments::{Amendments, AnnouncementWay, Version};
pub use announcements::{Announced, MAX_ANNOUNCED, Place, place_among};
pub use channel::{Channel, ChannelDefinition};
pub use collection::{Collection, Destruction, DestructionMethod, Dormancy, Item, Medium, Period, Retention, RetentionBasis, Way};
pub use contact::{Contact, Controller, Officer, Remedy};
pub use cookie_names::{CookieNames, CookiePattern};
pub use diff::{PolicyChange, PolicyDiff, diff};
pub use document::{Policy, Statement};
pub use fault::{Fault, FaultCode, MAX_FAULTS};
pub use google::GoogleConsentType;
pub use guide::{AdvertisingIdGuide, AdvertisingIdName, BrowserGuide, CookieGuide, PlatformGuide};
pub use in_force::{Standing, announced, days_left, in_force};
pub use nearest::nearest;
pub use night::{Hour, Hours, KeptHours, LocalHours, MAX_GUARD_MINUTES, Night, TimeOfDay, Window};
pub use notice::{Notice, NoticeThirdParty, NoticeTransfer, notice};
pub use parse::{MAX_POLICY_BYTES, SCHEMA};
pub use purpose::{Audience, Basis, Origin, Purpose, PurposeNotice, Scope, Text, Uses};
pub use purposes::{MARKETING_DATA_USE, MAX_PURPOSES, MAX_VENDORS};
pub use reason_text::{REASONS, ReasonText};
pub use recipient::{Processor, ThirdParty, Transfer, Vendor};
pub use regime::{Demand, Matter, Regime, Ruled, Says, known_regimes, regime};
pub use rights::{Agents, RequestWay, Right, RightKind, Rights, Safeguard, SafeguardKind};
pub use shape::MAX_ID_CHARS;
pub use view::{
    CollectionView, GuideView, OfficerView, PeriodUnit, PolicyView, ProcessorView, RemedyView, RetentionView, RightView, RightsView,
    VersionView, view,
};
pub use zone::{MAX_OFFSET_MINUTES, OffsetChange, ZoneOffsets};
