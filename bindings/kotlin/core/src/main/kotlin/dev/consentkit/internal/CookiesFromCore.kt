// Cookies, in the core's types and in those that an app sees.
package dev.consentkit.internal

/** The gate of an app, over the core's. It needs no open file, so it answers also after the core was freed. */
internal class CoreCookieGate(private val core: CookieGateCoreInterface) : dev.consentkit.CookieGate {
    override fun verdict(name: String) = typed { core.verdict(text("name", name)).toApp() }

    override fun request(header: String) = typed { core.request(text("header", header)) }

    override fun judge(url: String, header: String) = typed { core.judge(text("url", url), text("header", header)).toApp() }

    override fun response(url: String, headers: List<String>) = typed {
        core.response(text("url", url), given("headers", headers).mapIndexed { at, header -> text("headers[$at]", header) }).frozen()
    }

    override fun scan(seen: List<dev.consentkit.SeenCookie>) = typed { core.scan(seen.toCore("seen")).toApp() }

    override fun purge(url: String, seen: List<dev.consentkit.SeenCookie>) = typed {
        core.purge(text("url", url), seen.toCore("seen")).each { it.toApp() }
    }
}

internal fun dev.consentkit.CookieOptions.toCore() = CookieOptions(
    catalogue = optionalText("catalogue", catalogue),
    categories = given("categories", categories).map { (category, purpose) -> CategoryPurpose(text("categories", category), text("categories", purpose)) },
    publicSuffixes = optionalText("public_suffixes", publicSuffixes),
)

internal fun List<dev.consentkit.SeenCookie>?.toCore(field: String) =
    given(field, this).mapIndexed { at, cookie -> given("$field[$at]", cookie).toCore("$field[$at]") }

private fun dev.consentkit.SeenCookie.toCore(field: String) = SeenCookie(
    name = text("$field.name", name),
    store = text("$field.store", store),
    domain = optionalText("$field.domain", domain),
    path = optionalText("$field.path", path),
)

internal fun dev.consentkit.PurgeStep.toCore(field: String) = PurgeStep(
    cookie = given("$field.cookie", cookie).toCore("$field.cookie"),
    headers = given("$field.headers", headers).mapIndexed { at, header -> text("$field.headers[$at]", header) },
    purposes = given("$field.purposes", purposes).mapIndexed { at, purpose -> text("$field.purposes[$at]", purpose) },
)

internal fun CookieVerdict.toApp() = dev.consentkit.CookieVerdict(
    name = name,
    source = dev.consentkit.CookieSource.valueOf(source.name),
    purposes = purposes.frozen(),
    allowed = allowed,
    reasons = reasons.each { it.toApp() },
)

private fun Cookie.toApp() = dev.consentkit.Cookie(
    name = name,
    value = value,
    domain = domain,
    hostOnly = hostOnly,
    path = path,
    secure = secure,
    httpOnly = httpOnly,
    sameSite = dev.consentkit.SameSite.valueOf(sameSite.name),
    partitioned = partitioned,
    expiresAt = expiresAt,
)

private fun CookieJudgement.toApp(): dev.consentkit.CookieJudgement = when (this) {
    is CookieJudgement.Passes -> dev.consentkit.CookieJudgement.Passes(cookie.toApp())
    is CookieJudgement.Withheld -> dev.consentkit.CookieJudgement.Withheld(verdict.toApp())
    is CookieJudgement.Faulty -> dev.consentkit.CookieJudgement.Faulty(dev.consentkit.CookieFault.valueOf(fault.name))
}

private fun SeenCookie.toApp() = dev.consentkit.SeenCookie(name, store, domain, path)

private fun ScannedCookie.toApp() = dev.consentkit.ScannedCookie(cookie.toApp(), verdict.toApp())

private fun CookieReport.toApp() = dev.consentkit.CookieReport(
    cookies = cookies.each { it.toApp() },
    namedByPolicy = namedByPolicy,
    namedByCatalogue = namedByCatalogue,
    unknown = unknown,
    withoutConsent = withoutConsent,
)

private fun PurgeStep.toApp() = dev.consentkit.PurgeStep(cookie.toApp(), headers.frozen(), purposes.frozen())
