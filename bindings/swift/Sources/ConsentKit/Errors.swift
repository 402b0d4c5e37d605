import ConsentKitBase
internal import ConsentKitFFI

/// Runs a call of the core and turns what it throws into the public error.
func translated<Value>(_ call: () throws -> Value) throws(ConsentKitBase.ConsentError) -> Value {
    do {
        return try call()
    } catch let error as ConsentKitFFI.ConsentError {
        throw ConsentKitBase.ConsentError(error)
    } catch {
        // A panic, say. Its own words may quote what was stored, so they stay inside.
        throw .internal
    }
}

extension ConsentKitBase.ConsentError {
    init(_ core: ConsentKitFFI.ConsentError) {
        switch core {
        case .Invalid(let field, let reason): self = .invalid(field: field, reason: reason)
        case .NoticeNotShown(let purpose): self = .noticeNotShown(purpose: purpose)
        case .ShownRefused(let reason): self = .shownRefused(reason: reason)
        case .PolicyInvalid(let faults): self = .policyInvalid(faults: faults.map(Consent.PolicyFault.init))
        case .PolicyRefused(let faults): self = .policyRefused(faults: faults.map(Consent.PolicyFault.init))
        case .NotADatabase: self = .notADatabase
        case .NewerStore(let found, let known): self = .newerStore(found: found, known: known)
        case .Damaged(let reason): self = .damaged(reason: reason)
        case .StoreUnavailable(let reason, let code): self = .storeUnavailable(reason: reason, sqliteCode: Int(code))
        case .ShutDown: self = .shutDown
        case .AlreadySyncing: self = .alreadySyncing
        case .NoServer: self = .noServer
        case .TooManyPending(let limit): self = .tooManyPending(limit: limit)
        }
    }
}
