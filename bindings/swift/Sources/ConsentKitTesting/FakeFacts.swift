import ConsentKitBase

/// What the app said of one person. It belongs to that person and ends with a sign-in or sign-out of another.
struct PersonFacts: Equatable, Sendable {
    var age: Consent.AgeBand?
    /// The age of consent that the band was reported against.
    var ageOfConsent = PolicyDocument.defaultAgeOfConsent
    var guardian: Consent.Guardian?

    /// True for what takes a permission away.
    var denies: Bool { age == .below || guardian == .notVerified }

    /// What of it denies. It goes with the record of the person's leaving, and not before.
    var denying: PersonFacts {
        PersonFacts(
            age: age == .below ? .below : nil, ageOfConsent: ageOfConsent, guardian: guardian == .notVerified ? .notVerified : nil)
    }

    /// The band as a policy with that age of consent may read it: whoever was above a lower age may be below this one.
    func age(for ageOfConsent: Int) -> Consent.AgeBand? {
        switch age {
        case nil, .unknown: nil
        case .below: .below
        case .above: self.ageOfConsent < ageOfConsent ? nil : .above
        }
    }

    /// These with what was reported over them; a field that is nil keeps its value.
    func with(_ reported: Consent.Signals, _ ageOfConsent: Int) -> PersonFacts {
        var facts = self
        facts.guardian = reported.guardian ?? guardian
        // Nothing is known and nothing was: that is no news.
        guard let age = reported.age, age != .unknown || self.age != nil else { return facts }
        (facts.age, facts.ageOfConsent) = (age, ageOfConsent)
        return facts
    }
}

extension Consent.Signals {
    /// These with what was reported over them; a field that is nil keeps its value.
    func with(_ reported: Consent.Signals) -> Consent.Signals {
        Consent.Signals(
            tracking: reported.tracking ?? tracking, adID: reported.adID ?? adID, gpc: reported.gpc ?? gpc, age: reported.age ?? age,
            guardian: reported.guardian ?? guardian, push: reported.push ?? push)
    }

    /// These with what denies over them. An age that is not known takes nothing from a person who is known to be below the age of consent.
    func denied(by denial: Consent.Signals) -> Consent.Signals {
        var denial = denial
        if denial.age == .unknown && age == .below { denial.age = nil }
        return with(denial)
    }

    /// What is said of the device alone.
    var ofDevice: Consent.Signals {
        var signals = self
        (signals.age, signals.guardian) = (nil, nil)
        return signals
    }

    /// Each field that may take a permission away, alone.
    var denials: [Consent.Signals] {
        let each = [
            Consent.Signals(tracking: tracking == .authorized ? nil : tracking), Consent.Signals(adID: adID == .available ? nil : adID),
            Consent.Signals(gpc: gpc == true ? true : nil), Consent.Signals(age: age == .above ? nil : age),
            Consent.Signals(guardian: guardian == .notVerified ? guardian : nil),
        ]
        return each.filter { $0 != Consent.Signals() }
    }
}

// What is said of the device and of persons.
extension FakeLedger {
    /// What the platform says, and beside it what is known of the person in front of the screen.
    var present: Consent.Signals {
        let facts = facts[person] ?? PersonFacts()
        var signals = signals
        (signals.age, signals.guardian) = (facts.age(for: policy.ageOfConsent), facts.guardian)
        return signals
    }

    /// Takes over what was reported; a field that is nil keeps its last value.
    mutating func report(_ reported: Consent.Signals, at now: Int64) {
        record(signals.with(reported.ofDevice), advertisingIDChanged: false, at: now)
        tell(person, (facts[person] ?? PersonFacts()).with(reported, policy.ageOfConsent), at: now)
    }

    /// Records what is known of a person where that is news.
    mutating func tell(_ person: String, _ said: PersonFacts, at now: Int64) {
        if facts[person] ?? PersonFacts() == said { return }
        facts[person] = said
        append("signal", at: now)
        send(.signal, of: person, lowers: said.denies)
    }

    /// True where what the provider said is news, or the id is another one than last time.
    func isNews(_ signal: AdvertisingIDSignal, id: String?) -> Bool {
        signals.adID != signal || isAnother(id)
    }

    /// Notes what the provider said, and whether the id is another one than last time.
    mutating func note(_ signal: AdvertisingIDSignal, id: String?, at now: Int64) {
        let changed = isAnother(id)
        lastAdvertisingID = id ?? lastAdvertisingID
        var signals = signals
        signals.adID = signal
        record(signals, advertisingIDChanged: changed, at: now)
    }

    private func isAnother(_ id: String?) -> Bool {
        id != nil && lastAdvertisingID != nil && id != lastAdvertisingID
    }

    mutating func record(_ new: Consent.Signals, advertisingIDChanged changed: Bool, at now: Int64) {
        let before = signals
        if before == new && !changed { return }
        signals = new
        let seq = append("signal", at: now)
        if changed { advertisingIDChanged = seq }
        // The permission to show notifications decides nothing (KR-6): it stays on the device.
        let decides = before.tracking != new.tracking || before.adID != new.adID || before.gpc != new.gpc
        if decides || changed { send(.signal, of: Self.device) }
    }
}
