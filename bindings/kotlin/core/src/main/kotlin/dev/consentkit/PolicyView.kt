package dev.consentkit

import dev.consentkit.internal.Parts

/** Where somebody is reached. At least one way is given. */
public class Contact(
    /** E-mail address. */
    public val email: String?,
    /** Telephone number. */
    public val phone: String?,
    /** Web address. */
    public val url: String?,
) {
    private val parts: Parts get() = Parts("email" to email, "phone" to phone, "url" to url)

    override fun equals(other: Any?): Boolean = other is Contact && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "Contact$parts"
}

/** Who answers for personal data inside the company. Never a person's name. */
public class OfficerView(
    /** The post. */
    public val role: String,
    /** What they answer for. */
    public val duties: String,
    /** Where they are reached. */
    public val contact: Contact,
) {
    private val parts: Parts get() = Parts("role" to role, "duties" to duties, "contact" to contact)

    override fun equals(other: Any?): Boolean = other is OfficerView && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "OfficerView$parts"
}

/** A body outside the company that helps. */
public class RemedyView(
    /** Its name. */
    public val name: String,
    /** Where it is reached. */
    public val contact: Contact,
    /** True where the number is dialled without an area code. */
    public val withoutAreaCode: Boolean,
) {
    private val parts: Parts get() = Parts("name" to name, "contact" to contact, "withoutAreaCode" to withoutAreaCode)

    override fun equals(other: Any?): Boolean = other is RemedyView && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "RemedyView$parts"
}

/** A right over one's own data (PIPA-9). */
public enum class RightKind {
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
public class RightView(
    /** Which. */
    public val kind: RightKind,
    /** Its name. */
    public val title: String,
    /** True where the data is neither used nor passed on until the request is settled. */
    public val hold: Boolean,
) {
    private val parts: Parts get() = Parts("kind" to kind, "title" to title, "hold" to hold)

    override fun equals(other: Any?): Boolean = other is RightView && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "RightView$parts"
}

/** A way to make a request. */
public enum class RequestWay {
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
public class RightsView(
    /** The rights. */
    public val kinds: List<RightView>,
    /** The ways to make a request. */
    public val ways: List<RequestWay>,
    /** How fast the company acts. */
    public val answer: String,
    /** What is held back until a request is settled. */
    public val hold: String,
    /** Who may ask for somebody else. */
    public val agents: String,
    /** True where they must hand in a power of attorney. */
    public val powerOfAttorney: Boolean,
) {
    private val parts: Parts
        get() = Parts(
            "kinds" to kinds, "ways" to ways, "answer" to answer, "hold" to hold, "agents" to agents, "powerOfAttorney" to powerOfAttorney,
        )

    override fun equals(other: Any?): Boolean = other is RightsView && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "RightsView$parts"
}

/** A company that works on this company's behalf. */
public class ProcessorView(
    /** Its name. */
    public val name: String,
    /** What it does. */
    public val task: String,
) {
    private val parts: Parts get() = Parts("name" to name, "task" to task)

    override fun equals(other: Any?): Boolean = other is ProcessorView && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "ProcessorView$parts"
}

/** The unit of a period. */
public enum class PeriodUnit {
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
public class RetentionView(
    /** What is kept. */
    public val title: String,
    /** The statute that asks for it; `null` where it is the company's own rule. */
    public val statute: String?,
    /** The event that the period is counted from. */
    public val after: String,
    /** How many units. */
    public val count: Long,
    /** The unit. */
    public val unit: PeriodUnit,
    /** What makes it last longer, and until when. */
    public val exceptions: List<String>,
    /** What a reader should know about it. */
    public val note: String?,
) {
    private val parts: Parts
        get() = Parts(
            "title" to title, "statute" to statute, "after" to after, "count" to count, "unit" to unit, "exceptions" to exceptions,
            "note" to note,
        )

    override fun equals(other: Any?): Boolean = other is RetentionView && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "RetentionView$parts"
}

/** What is collected in one situation. */
public class CollectionView(
    /** The situation. */
    public val title: String,
    /** Items it cannot do without. */
    public val required: List<String>,
    /** Items a person may leave out. */
    public val optional: List<String>,
) {
    private val parts: Parts get() = Parts("title" to title, "required" to required, "optional" to optional)

    override fun equals(other: Any?): Boolean = other is CollectionView && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "CollectionView$parts"
}

/** A way through somebody else's menus. */
public class GuideView(
    /** The browser; empty for the system the app runs on. */
    public val title: String,
    /** The way. */
    public val path: String,
) {
    private val parts: Parts get() = Parts("title" to title, "path" to path)

    override fun equals(other: Any?): Boolean = other is GuideView && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "GuideView$parts"
}

/** One version of the document. */
public class VersionView(
    /** Its label. */
    public val version: String,
    /** First day it was announced, `2020-05-20`, where that is known. */
    public val announcedOn: String?,
    /** First day it was in force, `2020-05-27`. */
    public val effectiveOn: String,
) {
    private val parts: Parts get() = Parts("version" to version, "announcedOn" to announcedOn, "effectiveOn" to effectiveOn)

    override fun equals(other: Any?): Boolean = other is VersionView && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "VersionView$parts"
}

/** The policy in force in one language, with the guide for one system: everything a privacy page shows. */
public class PolicyView(
    /** Stable name of the policy. */
    public val id: String,
    /** The label of the version. */
    public val version: String,
    /** Its place in the order of versions. */
    public val edition: Long,
    /** First day it was announced, `2020-05-20`. */
    public val announcedOn: String,
    /** First day it is in force, `2020-05-27`. */
    public val effectiveOn: String,
    /** The language of the texts, a BCP 47 tag. */
    public val language: String,
    /** The company. */
    public val controller: String,
    /** The name its messages are signed with. */
    public val senderName: String,
    /** Its web site. */
    public val website: String?,
    /** Where it is reached. */
    public val contact: Contact,
    /** What holds for the whole document. */
    public val statements: List<String>,
    /** Every purpose, those that need no consent as well. */
    public val purposes: List<Notice>,
    /** What is collected in which situation. */
    public val collection: List<CollectionView>,
    /** How long what is kept. */
    public val retention: List<RetentionView>,
    /** What is declared about accounts nobody uses, in sentences; empty where nothing is. Never acted on. */
    public val dormancy: List<String>,
    /** How data is destroyed, in sentences. */
    public val destruction: List<String>,
    /** Who receives data for purposes of their own. */
    public val thirdParties: List<NoticeThirdParty>,
    /** What leaves the country. */
    public val transfers: List<NoticeTransfer>,
    /** Who works on the company's behalf. */
    public val processors: List<ProcessorView>,
    /** What a person may ask for. */
    public val rights: RightsView,
    /** What cookies are and what they are for, in sentences; empty where there are none. */
    public val cookies: List<String>,
    /** How to refuse cookies, browser by browser. */
    public val cookieGuides: List<GuideView>,
    /** What the advertising id is and what it is used for, in sentences; empty where it is not used. */
    public val advertisingId: List<String>,
    /** How to refuse the advertising id on this system; `null` where the document knows no way there. */
    public val refusalGuide: GuideView?,
    /** How data is kept safe. */
    public val safeguards: List<String>,
    /** Who answers for personal data inside the company. */
    public val officer: OfficerView,
    /** Where a person finds help outside the company. */
    public val remedies: List<RemedyView>,
    /** How changes are announced. */
    public val amendments: String,
    /** Every version, oldest first. */
    public val versions: List<VersionView>,
) {
    private val parts: Parts
        get() = Parts(
            "id" to id, "version" to version, "edition" to edition, "announcedOn" to announcedOn, "effectiveOn" to effectiveOn,
            "language" to language, "controller" to controller, "senderName" to senderName, "website" to website, "contact" to contact,
            "statements" to statements, "purposes" to purposes, "collection" to collection, "retention" to retention,
            "dormancy" to dormancy, "destruction" to destruction, "thirdParties" to thirdParties, "transfers" to transfers,
            "processors" to processors, "rights" to rights, "cookies" to cookies, "cookieGuides" to cookieGuides,
            "advertisingId" to advertisingId, "refusalGuide" to refusalGuide, "safeguards" to safeguards, "officer" to officer,
            "remedies" to remedies, "amendments" to amendments, "versions" to versions,
        )

    override fun equals(other: Any?): Boolean = other is PolicyView && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "PolicyView$parts"
}
