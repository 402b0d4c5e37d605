package dev.consentkit

/** Carries requests by `HttpURLConnection`. */
class HttpUrlConnectionTransport : HttpTransport {
    override fun send(request: HttpRequest): HttpResponse = TODO()
}
