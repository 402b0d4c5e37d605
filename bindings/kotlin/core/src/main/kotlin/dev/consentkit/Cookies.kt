package dev.consentkit

import dev.consentkit.internal.Parts

/**
 * What a [CookieGate] is made with. Everything may be left out: then the policy alone says what a cookie is for.
 *
 * @property catalogue a catalogue of cookies: the CSV of the Open Cookie Database, or a table with its columns `Category`,
 * `Cookie / Data Key name` and `Wildcard match`. It counts for the names that no pattern of the policy covers.
 * @property categories which purpose each category of that catalogue belongs to. A cookie of a category that is left out is unknown.
 * @property publicSuffixes the list of publicsuffix.org. Without it only a domain of a single label counts as a public suffix.
 */
public class CookieOptions @JvmOverloads constructor(
    public val catalogue: String? = null,
    public val categories: Map<String, String> = emptyMap(),
    public val publicSuffixes: String? = null,
)

/** Who says what a cookie is for. */
public enum class CookieSource {
    /** The policy names it. */
    POLICY,

    /** The app's catalogue names it, and the policy does not. */
    CATALOGUE,

    /** Nobody names it. It is treated as marketing. */
    UNKNOWN,
}

/** Whether a cookie may be set and sent, with every reason against it. */
public class CookieVerdict(
    /** The name of the cookie. */
    public val name: String,
    /** Who says what it is for. */
    public val source: CookieSource,
    /** The purposes that it needs, all of them. A cookie that nobody names needs the marketing of the policy. */
    public val purposes: List<String>,
    /** True where all of them are allowed. */
    public val allowed: Boolean,
    /** Every reason against it. */
    public val reasons: List<Reason>,
) {
    private val parts: Parts get() = Parts("name" to name, "source" to source, "purposes" to purposes, "allowed" to allowed, "reasons" to reasons)

    override fun equals(other: Any?): Boolean = other is CookieVerdict && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "CookieVerdict$parts"
}

/** Which requests from other sites a cookie goes along with. */
public enum class SameSite {
    /** The header says nothing that is known. Browsers treat it much like [LAX]. */
    UNSET,

    /** It goes along with every request. */
    NO_RESTRICTION,

    /** From another site it goes along only where a person follows a link. */
    LAX,

    /** It goes along with no request from another site. */
    STRICT,
}

/** A cookie that a `Set-Cookie` header sets. Whether the person allowed it is not said here. */
public class Cookie(
    /** Its name; empty for a cookie without one. */
    public val name: String,
    /** Its value. */
    public val value: String,
    /** The host or domain that it goes to, in lower case. */
    public val domain: String,
    /** True where it goes to that host alone, and not to the hosts under it. */
    public val hostOnly: Boolean,
    /** The path that it goes to. */
    public val path: String,
    /** True where it goes over secure connections only. */
    public val secure: Boolean,
    /** True where scripts do not see it. */
    public val httpOnly: Boolean,
    /** Which requests from other sites it goes along with. */
    public val sameSite: SameSite,
    /** True where each site that embeds its own has one for itself. */
    public val partitioned: Boolean,
    /** Until when it lives, Unix milliseconds; `null` where it ends with the session. A time that is past deletes the cookie. */
    public val expiresAt: Long?,
) {
    private val parts: Parts
        get() = Parts(
            "name" to name, "value" to value, "domain" to domain, "hostOnly" to hostOnly, "path" to path, "secure" to secure, "httpOnly" to httpOnly,
            "sameSite" to sameSite, "partitioned" to partitioned, "expiresAt" to expiresAt,
        )

    override fun equals(other: Any?): Boolean = other is Cookie && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    /** Its value may lead to a person and is not shown. */
    override fun toString(): String = "Cookie(name=$name)"
}

/** Why a `Set-Cookie` header sets nothing, whatever the person allowed. */
public enum class CookieFault {
    /** The header holds a control character other than a tab (CK-1). */
    CONTROL_CHARACTER,

    /** Neither a name nor a value (CK-1). */
    EMPTY,

    /** Name and value have more than 4,096 bytes together (CK-1). */
    TOO_LONG,

    /** `Domain` holds a letter that is not ASCII: it has to be written in the form that begins with `xn--`. */
    DOMAIN_NOT_ASCII,

    /** `Domain` is a public suffix, under which strangers have their sites (CK-3). */
    PUBLIC_SUFFIX,

    /** `Domain` names another site than the one that answered (CK-3). */
    FOREIGN_DOMAIN,

    /** `Secure` over a connection that is not. */
    NOT_SECURE,

    /** `SameSite=None` without `Secure` (CK-5). */
    SAME_SITE_NONE,

    /** `Partitioned` without `Secure` (CK-5). */
    PARTITIONED,

    /** A name that begins with `__Secure-`, without `Secure` (CK-4). */
    SECURE_PREFIX,

    /** A name that begins with `__Host-`, without `Secure`, with a `Domain`, or with another path than `/` (CK-4). */
    HOST_PREFIX,

    /** A name that begins with `__Http-`, without `Secure` or `HttpOnly` (CK-4). */
    HTTP_PREFIX,

    /** A name that begins with `__Host-Http-`, without what `__Host-` and `__Http-` ask for (CK-4). */
    HOST_HTTP_PREFIX,

    /** A cookie without a name whose value would be read as such a name (CK-4). */
    NAMELESS_PREFIX,
}

/** What becomes of a `Set-Cookie` header. */
public sealed class CookieJudgement {
    /** It sets a cookie, or deletes one. A deletion passes whatever the person said. */
    public class Passes(
        /** The cookie. */
        public val cookie: Cookie,
    ) : CookieJudgement() {
        override fun equals(other: Any?): Boolean = other is Passes && other.cookie == cookie

        override fun hashCode(): Int = cookie.hashCode()

        override fun toString(): String = "Passes($cookie)"
    }

    /** The person did not allow it. */
    public class Withheld(
        /** Why. */
        public val verdict: CookieVerdict,
    ) : CookieJudgement() {
        override fun equals(other: Any?): Boolean = other is Withheld && other.verdict == verdict

        override fun hashCode(): Int = verdict.hashCode()

        override fun toString(): String = "Withheld($verdict)"
    }

    /** It sets nothing, whatever was allowed. */
    public class Faulty(
        /** What is wrong with it. */
        public val fault: CookieFault,
    ) : CookieJudgement() {
        override fun equals(other: Any?): Boolean = other is Faulty && other.fault == fault

        override fun hashCode(): Int = fault.hashCode()

        override fun toString(): String = "Faulty($fault)"
    }
}

/** A cookie that was found in a jar. Its value is nobody's business here. */
public class SeenCookie @JvmOverloads constructor(
    /** Its name. */
    public val name: String,
    /** The jar that it was found in, in the app's own word: `web_view`, `http`. */
    public val store: String,
    /** Its domain, where the jar tells; with a dot in front where it goes to the hosts under it too. */
    public val domain: String? = null,
    /** Its path, where the jar tells. */
    public val path: String? = null,
) {
    private val parts: Parts get() = Parts("name" to name, "store" to store, "domain" to domain, "path" to path)

    override fun equals(other: Any?): Boolean = other is SeenCookie && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "SeenCookie$parts"
}

/** A cookie that was found, and whether it may be there. */
public class ScannedCookie(
    /** The cookie. */
    public val cookie: SeenCookie,
    /** Whether it may be set, and why not. */
    public val verdict: CookieVerdict,
) {
    private val parts: Parts get() = Parts("cookie" to cookie, "verdict" to verdict)

    override fun equals(other: Any?): Boolean = other is ScannedCookie && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "ScannedCookie$parts"
}

/** What was found in the jars. */
public class CookieReport(
    /** Every cookie, in the order in which it was given. */
    public val cookies: List<ScannedCookie>,
    /** How many the policy names. */
    public val namedByPolicy: Long,
    /** How many the app's catalogue names and the policy does not. They should be declared in the policy. */
    public val namedByCatalogue: Long,
    /** How many nobody names. */
    public val unknown: Long,
    /** How many are there although they may not be set now. */
    public val withoutConsent: Long,
) {
    private val parts: Parts
        get() = Parts(
            "cookies" to cookies, "namedByPolicy" to namedByPolicy, "namedByCatalogue" to namedByCatalogue, "unknown" to unknown,
            "withoutConsent" to withoutConsent,
        )

    override fun equals(other: Any?): Boolean = other is CookieReport && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "CookieReport$parts"
}

/** One cookie that has to go. */
public class PurgeStep(
    /** The cookie. A jar that deletes by name, domain and path does so. */
    public val cookie: SeenCookie,
    /**
     * For a jar that does not: the `Set-Cookie` headers that delete it, whichever of them fits. They go to the address for which the plan was
     * made.
     */
    public val headers: List<String>,
    /** The purposes that it needs and that are not all allowed. */
    public val purposes: List<String>,
) {
    private val parts: Parts get() = Parts("cookie" to cookie, "headers" to headers, "purposes" to purposes)

    override fun equals(other: Any?): Boolean = other is PurgeStep && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "PurgeStep$parts"
}

/**
 * The cookies that may be set and sent, by what the person allows at the moment of each call. [Consent.cookies] makes it, and it sees every
 * change.
 *
 * It may be used from any thread and answers from memory. Once its [Consent] is closed it denies what needs consent.
 */
public interface CookieGate {
    /** Whether a cookie may be set and sent now, with every reason against it. */
    public fun verdict(name: String): CookieVerdict

    /** A `Cookie` header without the cookies that may not be sent; `null` where none may, and then the header has to be left out. */
    public fun request(header: String): String?

    /** Judges a `Set-Cookie` header that came from a web address. */
    public fun judge(url: String, header: String): CookieJudgement

    /** The `Set-Cookie` headers of a response that may be handed on: those that set an allowed cookie, or delete one. */
    public fun response(url: String, headers: List<String>): List<String>

    /** What is in the jars and whether it may be there, for whoever answers for privacy. At most 10,000 cookies in one call. */
    public fun scan(seen: List<SeenCookie>): CookieReport

    /**
     * The cookies that have to go because they may not be there now, each with how it is deleted. What is necessary or allowed stays. After
     * the jar was cleaned, [Consent.cookiesRemoved] records it. At most 10,000 cookies in one call.
     */
    public fun purge(url: String, seen: List<SeenCookie>): List<PurgeStep>
}
