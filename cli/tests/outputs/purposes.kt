/** The purposes of policy `influential`, edition 3. Written by `consentkit policy purposes`. */
object Purposes {
    /** 회원 가입과 관리 */
    const val MEMBERSHIP = "membership"
    /** 서비스 제공 */
    const val SERVICE = "service"
    /** 강사 지원 */
    const val LECTURER_APPLICATION = "lecturer_application"
    /** 제휴 문의 */
    const val PARTNERSHIP_INQUIRY = "partnership_inquiry"
    /** 기업 문의 */
    const val CORPORATE_INQUIRY = "corporate_inquiry"
    /** 법이 정한 기록 보존 */
    const val LEGAL_RECORDS = "legal_records"
    /** 꼭 필요한 쿠키 */
    const val COOKIES_NECESSARY = "cookies.necessary"
    /** 이용 분석 쿠키 */
    const val COOKIES_ANALYTICS = "cookies.analytics"
    /** 광고 쿠키 */
    const val COOKIES_MARKETING = "cookies.marketing"
    /** 광고 식별자로 광고 성과 측정 */
    const val AD_ID_MEASUREMENT = "ad_id.measurement"
    /** 광고 식별자로 맞춤형 광고 */
    const val AD_ID_PERSONALISED_ADS = "ad_id.personalised_ads"
    /** 광고 식별자를 회원 정보와 연결 */
    const val AD_ID_LINK_ACCOUNT = "ad_id.link_account"
    /** 마케팅에 개인정보 이용 */
    const val MARKETING_DATA_USE = "marketing.data_use"
    /** 이메일로 광고 받기 */
    const val MARKETING_EMAIL = "marketing.email"
    /** 문자로 광고 받기 */
    const val MARKETING_SMS = "marketing.sms"
    /** 앱 푸시로 광고 받기 */
    const val MARKETING_PUSH = "marketing.push"
    /** 카카오톡으로 광고 받기 */
    const val MARKETING_KAKAO = "marketing.kakao"
    /** 밤에도 문자로 광고 받기 */
    const val MARKETING_SMS_NIGHT = "marketing.sms.night"
    /** 밤에도 앱 푸시로 광고 받기 */
    const val MARKETING_PUSH_NIGHT = "marketing.push.night"
    /** 밤에도 카카오톡으로 광고 받기 */
    const val MARKETING_KAKAO_NIGHT = "marketing.kakao.night"
}
