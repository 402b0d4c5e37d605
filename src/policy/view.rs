//! The policy document in one language, as an app shows it to a person.

use super::{
    Contact, Destruction, Notice, NoticeThirdParty, NoticeTransfer, Period, Policy, RequestWay, RetentionBasis, RightKind, Text,
    notice::{item_labels, notice, third_party, transfer},
};
use crate::signal::Platform;

/// Who answers for personal data inside the company. It names a post and never a person. Everything is empty where the document names
/// nobody.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OfficerView {
    /// The post that this person holds.
    pub role: String,
    /// What they answer for.
    pub duties: String,
    /// Where they are reached.
    pub contact: Contact,
}

/// A body outside the company that helps a person whose rights were violated.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RemedyView {
    /// Its name.
    pub name: String,
    /// Where it is reached.
    pub contact: Contact,
    /// True where the number is dialled without an area code.
    pub without_area_code: bool,
}

/// One right over one's own data.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RightView {
    /// Which right it is.
    pub kind: RightKind,
    /// Its name.
    pub title: String,
    /// True where the data is neither used nor passed on until the request is settled.
    pub hold: bool,
}

/// What a person may ask for. Everything is empty where the document says nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, uniffi::Record)]
pub struct RightsView {
    /// The rights.
    pub kinds: Vec<RightView>,
    /// The ways to make a request.
    pub ways: Vec<RequestWay>,
    /// How fast the company acts.
    pub answer: String,
    /// What is held back until a request is settled.
    pub hold: String,
    /// Who may ask for somebody else.
    pub agents: String,
    /// True where they must hand in a power of attorney.
    pub power_of_attorney: bool,
}

/// A company that works on this company's behalf.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProcessorView {
    /// Its name.
    pub name: String,
    /// What it does.
    pub task: String,
}

/// The unit of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PeriodUnit {
    /// It is deleted at the moment from which other periods are counted; the count is 0.
    AtOnce,
    /// Calendar days.
    Days,
    /// Calendar months.
    Months,
    /// Calendar years.
    Years,
}

/// How long one kind of record is kept.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RetentionView {
    /// What is kept.
    pub title: String,
    /// The statute that asks for it; absent where it is the company's own rule.
    pub statute: Option<String>,
    /// The event that the period is counted from.
    pub after: String,
    /// How many units the period has.
    pub count: i64,
    /// The unit of the period.
    pub unit: PeriodUnit,
    /// What makes it last longer, and until when.
    pub exceptions: Vec<String>,
    /// What a reader should know about it.
    pub note: Option<String>,
}

/// What is collected in one situation.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CollectionView {
    /// The situation.
    pub title: String,
    /// Items without which the purpose cannot be served.
    pub required: Vec<String>,
    /// Items a person may leave out.
    pub optional: Vec<String>,
}

/// How to refuse something in the menus of a browser or a system.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GuideView {
    /// The browser; empty for the system the app runs on.
    pub title: String,
    /// The way through the menus.
    pub path: String,
}

/// One version of the document.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VersionView {
    /// Its label.
    pub version: String,
    /// First day it was announced, `2020-05-20`, where that is known.
    pub announced_on: Option<String>,
    /// First day it was in force, `2020-05-27`.
    pub effective_on: String,
}

/// The policy in force in one language, with the guide for one system.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PolicyView {
    /// Stable name of the policy.
    pub id: String,
    /// The label of the version.
    pub version: String,
    /// Its place in the order of versions.
    pub edition: i64,
    /// First day it was announced, `2020-05-20`. Empty where the document does not say.
    pub announced_on: String,
    /// First day it is in force, `2020-05-27`. Empty where the document does not say.
    pub effective_on: String,
    /// The language of the texts, a BCP 47 tag.
    pub language: String,
    /// The company. Empty where the document does not name it.
    pub controller: String,
    /// The name its messages are signed with. Empty where the document does not name it.
    pub sender_name: String,
    /// Its web site.
    pub website: Option<String>,
    /// Where it is reached.
    pub contact: Contact,
    /// Sentences about the document as a whole.
    pub statements: Vec<String>,
    /// Every purpose, those that need no consent as well.
    pub purposes: Vec<Notice>,
    /// What is collected in which situation.
    pub collection: Vec<CollectionView>,
    /// How long each kind of record is kept.
    pub retention: Vec<RetentionView>,
    /// What the company declares about accounts that nobody uses, in sentences; empty where it declares nothing. The library does nothing
    /// by it.
    pub dormancy: Vec<String>,
    /// How data is destroyed, in sentences.
    pub destruction: Vec<String>,
    /// Who receives data for purposes of their own.
    pub third_parties: Vec<NoticeThirdParty>,
    /// What leaves the country.
    pub transfers: Vec<NoticeTransfer>,
    /// Who works on the company's behalf.
    pub processors: Vec<ProcessorView>,
    /// What a person may ask for.
    pub rights: RightsView,
    /// What cookies are and what they are for, in sentences; empty where there are none.
    pub cookies: Vec<String>,
    /// How to refuse cookies, browser by browser.
    pub cookie_guides: Vec<GuideView>,
    /// What the advertising id is and what it is used for, in sentences; empty where it is not used.
    pub advertising_id: Vec<String>,
    /// How to refuse the advertising id on the system that was asked about; absent where the document has no guide to it.
    pub refusal_guide: Option<GuideView>,
    /// How data is kept safe.
    pub safeguards: Vec<String>,
    /// Who answers for personal data inside the company.
    pub officer: OfficerView,
    /// Where a person finds help outside the company.
    pub remedies: Vec<RemedyView>,
    /// How changes are announced. Empty where the document does not say.
    pub amendments: String,
    /// Every version, oldest first.
    pub versions: Vec<VersionView>,
}

/// The document in the declared language nearest to the asked one, with the guide for a version of a system.
/// An unknown version gets the newest guide.
pub fn view(policy: &Policy, language: &str, platform: Platform, os_version: &str) -> PolicyView {
    let language = policy.language(language);
    let text = |text: &Text| policy.text(text, language);
    let list = |texts: &[Text]| texts.iter().map(text).collect::<Vec<_>>();
    let controller = policy.controller.as_ref();
    let (cookies, ad_id) = (policy.cookies.as_ref(), policy.advertising_id.as_ref());
    let guide = ad_id.and_then(|guide| guide.for_version(platform, os_version));
    PolicyView {
        id: policy.id.clone(),
        version: policy.version.clone(),
        edition: i64::from(policy.edition),
        announced_on: day(policy.announced_on),
        effective_on: day(policy.effective_on),
        language: language.into(),
        controller: controller.map(|company| text(&company.name)).unwrap_or_default(),
        sender_name: controller.map(|company| text(&company.sender_name)).unwrap_or_default(),
        website: controller.and_then(|company| company.website.clone()),
        contact: controller.map(|company| company.contact.clone()).unwrap_or_default(),
        statements: policy.statements.iter().map(|statement| text(&statement.text)).collect(),
        purposes: policy.purposes.iter().map(|purpose| notice(policy, purpose, language)).collect(),
        collection: collection(policy, language),
        retention: retention(policy, language),
        dormancy: policy.dormancy.iter().flat_map(|dormancy| [&dormancy.handling, &dormancy.limits].map(text)).collect(),
        destruction: policy.destruction.iter().flat_map(destruction_texts).map(text).filter(|text| !text.is_empty()).collect(),
        third_parties: policy.third_parties.iter().map(|party| third_party(policy, party, language)).collect(),
        transfers: policy.transfers.iter().map(|abroad| transfer(policy, abroad, language)).collect(),
        processors: policy.processors.iter().map(|entry| ProcessorView { name: text(&entry.name), task: text(&entry.task) }).collect(),
        rights: rights(policy, language),
        cookies: cookies.into_iter().flat_map(|guide| [&guide.what, &guide.used_for].map(text)).filter(|text| !text.is_empty()).collect(),
        cookie_guides: cookies
            .into_iter()
            .flat_map(|guide| &guide.refusal)
            .map(|guide| GuideView { title: text(&guide.browser), path: text(&guide.path) })
            .collect(),
        advertising_id: ad_id
            .into_iter()
            .flat_map(|guide| [vec![text(&guide.what)], list(&guide.used_for)])
            .flatten()
            .filter(|text| !text.is_empty())
            .collect(),
        refusal_guide: guide.map(|guide| GuideView { title: String::new(), path: text(&guide.path) }),
        safeguards: policy.safeguards.iter().flat_map(|safeguard| list(&safeguard.measures)).collect(),
        officer: OfficerView {
            role: policy.officer.as_ref().map(|officer| text(&officer.role)).unwrap_or_default(),
            duties: policy.officer.as_ref().map(|officer| text(&officer.duties)).unwrap_or_default(),
            contact: policy.officer.as_ref().map(|officer| officer.contact.clone()).unwrap_or_default(),
        },
        remedies: remedies(policy, language),
        amendments: policy.amendments.as_ref().map(|amendments| text(&amendments.promise)).unwrap_or_default(),
        versions: versions(policy),
    }
}

fn day(day: Option<chrono::NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn destruction_texts(destruction: &Destruction) -> impl Iterator<Item = &Text> {
    let first = [&destruction.when, &destruction.kept_apart, &destruction.procedure];
    first.into_iter().chain(destruction.methods.iter().map(|method| &method.how))
}

fn collection(policy: &Policy, language: &str) -> Vec<CollectionView> {
    let one = |entry: &super::Collection| CollectionView {
        title: policy.text(&entry.title, language),
        required: item_labels(policy, &entry.required, language),
        optional: item_labels(policy, &entry.optional, language),
    };
    policy.collection.iter().map(one).collect()
}

fn retention(policy: &Policy, language: &str) -> Vec<RetentionView> {
    let text = |text: &Text| policy.text(text, language);
    let one = |entry: &super::Retention| {
        let (count, unit) = match entry.period {
            Period::AtOnce => (0, PeriodUnit::AtOnce),
            Period::Days(days) => (days, PeriodUnit::Days),
            Period::Months(months) => (months, PeriodUnit::Months),
            Period::Years(years) => (years, PeriodUnit::Years),
        };
        RetentionView {
            title: text(&entry.title),
            statute: match &entry.basis {
                RetentionBasis::Statute(name) => Some(text(name)),
                RetentionBasis::CompanyRule => None,
            },
            after: text(&entry.after),
            count: i64::from(count),
            unit,
            exceptions: entry.exceptions.iter().map(text).collect(),
            note: entry.note.as_ref().map(text),
        }
    };
    policy.retention.iter().map(one).collect()
}

fn rights(policy: &Policy, language: &str) -> RightsView {
    let text = |text: &Text| policy.text(text, language);
    let Some(rights) = &policy.rights else { return RightsView::default() };
    RightsView {
        kinds: rights.kinds.iter().map(|right| RightView { kind: right.kind, title: text(&right.title), hold: right.hold }).collect(),
        ways: rights.ways.clone(),
        answer: text(&rights.answer),
        hold: text(&rights.hold),
        agents: rights.agents.as_ref().map(|agents| text(&agents.who)).unwrap_or_default(),
        power_of_attorney: rights.agents.as_ref().is_some_and(|agents| agents.power_of_attorney),
    }
}

fn remedies(policy: &Policy, language: &str) -> Vec<RemedyView> {
    let one = |entry: &super::Remedy| RemedyView {
        name: policy.text(&entry.name, language),
        contact: entry.contact.clone(),
        without_area_code: entry.without_area_code,
    };
    policy.remedies.iter().map(one).collect()
}

fn versions(policy: &Policy) -> Vec<VersionView> {
    let one = |entry: &super::Version| VersionView {
        version: entry.version.clone(),
        announced_on: entry.announced_on.map(|day| day.to_string()),
        effective_on: entry.effective_on.to_string(),
    };
    policy.amendments.iter().flat_map(|amendments| &amendments.versions).map(one).collect()
}
