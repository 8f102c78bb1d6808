import AccessKeys
import Testing

struct KeyFileWatchTests {
    private static let old = Array("a the-old-key".utf8)
    private static let new = Array("a the-new-key".utf8)
    private static let broken = Array("a short".utf8)

    private static func ring(_ file: [UInt8]) throws -> KeyRing { try KeyRing().adding(file: file) }

    @Test func adoptsAChangeThatTwoLooksHaveSeen() throws {
        var watch = KeyFileWatch(base: KeyRing(), file: Self.old)
        #expect(watch.note(.success(Self.old)) == .none)
        #expect(watch.note(.success(Self.new)) == .none)
        #expect(watch.note(.success(Self.new)) == .adopt(try Self.ring(Self.new)))
        #expect(watch.note(.success(Self.new)) == .none)
    }

    @Test func waitsUntilAFileIsWritten() throws {
        var watch = KeyFileWatch(base: KeyRing(), file: Self.old)
        let whole = Self.new + Array("\nb another-key\n".utf8)
        for length in 1..<whole.count { #expect(watch.note(.success(Array(whole[..<length]))) == .none) }
        #expect(watch.note(.success(whole)) == .none)
        #expect(watch.note(.success(whole)) == .adopt(try Self.ring(whole)))
    }

    @Test func keepsTheKeysWhenAFileIsBrokenAndSaysSoOnce() throws {
        var watch = KeyFileWatch(base: KeyRing(), file: Self.old)
        let error = KeyFileError("a key has 8 to 512 characters of visible ASCII", line: 1)
        #expect(watch.note(.success(Self.broken)) == .none)
        #expect(watch.note(.success(Self.broken)) == .complain(error))
        #expect(watch.note(.success(Self.broken)) == .none)
        #expect(watch.note(.success([])) == .none)
        #expect(watch.note(.success([])) == .complain(KeyFileError("it holds no keys")))
        #expect(watch.note(.success(Self.new)) == .none)
        #expect(watch.note(.success(Self.new)) == .adopt(try Self.ring(Self.new)))
    }

    @Test func keepsTheKeysWhenAFileIsGoneAndComplainsAgainWhenItGoesAgain() {
        var watch = KeyFileWatch(base: KeyRing(), file: Self.old)
        let gone = KeyFileError("it is gone")
        #expect(watch.note(.failure(gone)) == .complain(gone))
        #expect(watch.note(.failure(gone)) == .none)
        #expect(watch.note(.success(Self.old)) == .none)
        #expect(watch.note(.failure(gone)) == .complain(gone))
    }

    @Test func theKeysThatAreNoFilesStay() throws {
        var base = KeyRing()
        try base.add(Array("the-first-key".utf8), of: Principal(name: "server", role: .admin))
        var watch = KeyFileWatch(base: base, file: Self.old)
        _ = watch.note(.success(Self.new))
        #expect(watch.note(.success(Self.new)) == .adopt(try base.adding(file: Self.new)))
    }
}
