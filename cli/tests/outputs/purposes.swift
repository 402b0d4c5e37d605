/// The purposes of policy `influential`, edition 3. Written by `consentkit policy purposes`.
public enum Purposes {
    /// 회원 가입과 관리
    public static let membership = "membership"
    /// 서비스 제공
    public static let service = "service"
    /// 강사 지원
    public static let lecturerApplication = "lecturer_application"
    /// 제휴 문의
    public static let partnershipInquiry = "partnership_inquiry"
    /// 기업 문의
    public static let corporateInquiry = "corporate_inquiry"
    /// 법이 정한 기록 보존
    public static let legalRecords = "legal_records"
    /// 꼭 필요한 쿠키
    public static let cookiesNecessary = "cookies.necessary"
    /// 이용 분석 쿠키
    public static let cookiesAnalytics = "cookies.analytics"
    /// 광고 쿠키
    public static let cookiesMarketing = "cookies.marketing"
    /// 광고 식별자로 광고 성과 측정
    public static let adIdMeasurement = "ad_id.measurement"
    /// 광고 식별자로 맞춤형 광고
    public static let adIdPersonalisedAds = "ad_id.personalised_ads"
    /// 광고 식별자를 회원 정보와 연결
    public static let adIdLinkAccount = "ad_id.link_account"
    /// 마케팅에 개인정보 이용
    public static let marketingDataUse = "marketing.data_use"
    /// 이메일로 광고 받기
    public static let marketingEmail = "marketing.email"
    /// 문자로 광고 받기
    public static let marketingSms = "marketing.sms"
    /// 앱 푸시로 광고 받기
    public static let marketingPush = "marketing.push"
    /// 카카오톡으로 광고 받기
    public static let marketingKakao = "marketing.kakao"
    /// 밤에도 문자로 광고 받기
    public static let marketingSmsNight = "marketing.sms.night"
    /// 밤에도 앱 푸시로 광고 받기
    public static let marketingPushNight = "marketing.push.night"
    /// 밤에도 카카오톡으로 광고 받기
    public static let marketingKakaoNight = "marketing.kakao.night"
}
