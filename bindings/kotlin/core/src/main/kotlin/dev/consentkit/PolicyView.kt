package dev.consentkit

/** Where somebody is reached. At least one way is given. */
data class Contact(
    /** E-mail address. */
    val email: String?,
    /** Telephone number. */
    val phone: String?,
    /** Web address. */
    val url: String?,
)

/** Who answers for personal data inside the company. Never a person's name. */
data class OfficerView(
    /** The post. */
    val role: String,
    /** What they answer for. */
    val duties: String,
    /** Where they are reached. */
    val contact: Contact,
)

/** A body outside the company that helps. */
data class RemedyView(
    /** Its name. */
    val name: String,
    /** Where it is reached. */
    val contact: Contact,
    /** True where the number is dialled without an area code. */
    val withoutAreaCode: Boolean,
)

/** A right over one's own data (PIPA-9). */
enum class RightKind {
    /** To see it. */
    ACCESS,

    /** To have it put right. */
    CORRECTION,

    /** To have it removed. */
    ERASURE,

    /** To have its use stopped. */
    SUSPENSION,
}

/** One right over one's own data. */
data class RightView(
    /** Which. */
    val kind: RightKind,
    /** Its name. */
    val title: String,
    /** True where the data is neither used nor passed on until the request is settled. */
    val hold: Boolean,
)

/** A way to make a request. */
enum class RequestWay {
    /** On the web site. */
    WEBSITE,

    /** In the app. */
    MOBILE_APP,

    /** In writing. */
    WRITING,

    /** By telephone. */
    PHONE,

    /** By e-mail. */
    EMAIL,

    /** By fax. */
    FAX,
}

/** What a person may ask for. */
data class RightsView(
    /** The rights. */
    val kinds: List<RightView>,
    /** The ways to make a request. */
    val ways: List<RequestWay>,
    /** How fast the company acts. */
    val answer: String,
    /** What is held back until a request is settled. */
    val hold: String,
    /** Who may ask for somebody else. */
    val agents: String,
    /** True where they must hand in a power of attorney. */
    val powerOfAttorney: Boolean,
)

/** A company that works on this company's behalf. */
data class ProcessorView(
    /** Its name. */
    val name: String,
    /** What it does. */
    val task: String,
)

/** The unit of a period. */
enum class PeriodUnit {
    /** No longer than the moment itself; the count is 0. */
    AT_ONCE,

    /** Calendar days. */
    DAYS,

    /** Calendar months. */
    MONTHS,

    /** Calendar years. */
    YEARS,
}

/** How long one kind of record is kept. */
data class RetentionView(
    /** What is kept. */
    val title: String,
    /** The statute that asks for it; `null` where it is the company's own rule. */
    val statute: String?,
    /** The event that the period is counted from. */
    val after: String,
    /** How many units. */
    val count: Long,
    /** The unit. */
    val unit: PeriodUnit,
    /** What makes it last longer, and until when. */
    val exceptions: List<String>,
    /** What a reader should know about it. */
    val note: String?,
)

/** What is collected in one situation. */
data class CollectionView(
    /** The situation. */
    val title: String,
    /** Items it cannot do without. */
    val required: List<String>,
    /** Items a person may leave out. */
    val optional: List<String>,
)

/** A way through somebody else's menus. */
data class GuideView(
    /** The browser; empty for the system the app runs on. */
    val title: String,
    /** The way. */
    val path: String,
)

/** One version of the document. */
data class VersionView(
    /** Its label. */
    val version: String,
    /** First day it was announced, `2020-05-20`, where that is known. */
    val announcedOn: String?,
    /** First day it was in force, `2020-05-27`. */
    val effectiveOn: String,
)

/** The policy in force in one language, with the guide for one system: everything a privacy page shows. */
data class PolicyView(
    /** Stable name of the policy. */
    val id: String,
    /** The label of the version. */
    val version: String,
    /** Its place in the order of versions. */
    val edition: Long,
    /** First day it was announced, `2020-05-20`. */
    val announcedOn: String,
    /** First day it is in force, `2020-05-27`. */
    val effectiveOn: String,
    /** The language of the texts, a BCP 47 tag. */
    val language: String,
    /** The company. */
    val controller: String,
    /** The name its messages are signed with. */
    val senderName: String,
    /** Its web site. */
    val website: String?,
    /** Where it is reached. */
    val contact: Contact,
    /** What holds for the whole document. */
    val statements: List<String>,
    /** Every purpose, those that need no consent as well. */
    val purposes: List<Notice>,
    /** What is collected in which situation. */
    val collection: List<CollectionView>,
    /** How long what is kept. */
    val retention: List<RetentionView>,
    /** What is declared about accounts nobody uses, in sentences; empty where nothing is. Never acted on. */
    val dormancy: List<String>,
    /** How data is destroyed, in sentences. */
    val destruction: List<String>,
    /** Who receives data for purposes of their own. */
    val thirdParties: List<NoticeThirdParty>,
    /** What leaves the country. */
    val transfers: List<NoticeTransfer>,
    /** Who works on the company's behalf. */
    val processors: List<ProcessorView>,
    /** What a person may ask for. */
    val rights: RightsView,
    /** What cookies are and what they are for, in sentences; empty where there are none. */
    val cookies: List<String>,
    /** How to refuse cookies, browser by browser. */
    val cookieGuides: List<GuideView>,
    /** What the advertising id is and what it is used for, in sentences; empty where it is not used. */
    val advertisingId: List<String>,
    /** How to refuse the advertising id on this system; `null` where the document knows no way there. */
    val refusalGuide: GuideView?,
    /** How data is kept safe. */
    val safeguards: List<String>,
    /** Who answers for personal data inside the company. */
    val officer: OfficerView,
    /** Where a person finds help outside the company. */
    val remedies: List<RemedyView>,
    /** How changes are announced. */
    val amendments: String,
    /** Every version, oldest first. */
    val versions: List<VersionView>,
)
