import AccessKeys
import Testing

struct KeyRingTests {
    private static func digest(_ key: String) -> KeyDigest? { Array(key.utf8).withUnsafeBytes { KeyDigest(key: $0) } }

    private static func holder(of key: String, in ring: KeyRing) -> Principal? {
        digest(key).flatMap { ring.principal(of: $0) }
    }

    @Test func readsNamesKeysDigestsAndRoles() throws {
        // printf %s digested-key | sha256sum
        let file = """
            # Whom we let in.
            alice  alices-long-key
            \tbob\tbobs-long-key admin\r
            scraper the-scrapers-key metrics # Prometheus

            carol sha256:070dba558f5f4bd4d25f236d1299d5e5f3f0c47ed0ec5af5fca0509edd7b7782
            alice alices-next-key user
            dave daves#key-has-a-sign
            """
        let ring = try KeyRing().adding(file: Array(file.utf8))
        #expect(ring.count == 6)
        #expect(Self.holder(of: "alices-long-key", in: ring) == Principal(name: "alice", role: .user))
        #expect(Self.holder(of: "alices-next-key", in: ring) == Principal(name: "alice", role: .user))
        #expect(Self.holder(of: "bobs-long-key", in: ring) == Principal(name: "bob", role: .admin))
        #expect(Self.holder(of: "the-scrapers-key", in: ring) == Principal(name: "scraper", role: .metrics))
        #expect(Self.holder(of: "digested-key", in: ring)?.name == "carol")
        #expect(Self.holder(of: "daves#key-has-a-sign", in: ring)?.name == "dave")
        #expect(Self.holder(of: "alices-long-keY", in: ring) == nil)
        #expect(Self.holder(of: "alices-long-key ", in: ring) == nil)
    }

    /// FIPS 180-4's own examples say what a digest is.
    @Test func aDigestStandsForItsKey() throws {
        let file = "one sha256:248D6A61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        let ring = try KeyRing().adding(file: Array(file.utf8))
        #expect(
            Self.holder(of: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", in: ring)
                == Principal(name: "one", role: .user))
    }

    @Test(arguments: [
        ("", nil, "it holds no keys"), ("# nobody\n\n", nil, "it holds no keys"),
        ("alice", 1, "it must be a name, a key, and if the key is not a user's its role"),
        ("alice admin", 1, "a key has 8 to 512 characters of visible ASCII"),
        ("\nalice short", 2, "a key has 8 to 512 characters of visible ASCII"),
        ("alice alices-lông-key", 1, "a key has 8 to 512 characters of visible ASCII"),
        ("alice alices-long-key root", 1, "a role is user, admin, metrics"),
        ("alice alices long key", 1, "it must be a name, a key, and if the key is not a user's its role"),
        ("alice sha256:123", 1, "64 hexadecimal digits follow sha256:"),
        ("älice alices-long-key", 1, "a name has at most 64 characters of visible ASCII"),
        ("a the-same-key\nb the-same-key", 2, "this key is there twice"),
    ])
    func refuses(_ file: String, _ line: Int?, _ problem: String) {
        #expect(throws: KeyFileError(problem, line: line)) { try KeyRing().adding(file: Array(file.utf8)) }
    }

    @Test func neverRepeatsWhatMayBeAKey() {
        for file in ["alice secret-word secret-role", "secret", "a secret-word\na secret-word", "a sha256:secret-word"]
        {
            let error = #expect(throws: KeyFileError.self) { try KeyRing().adding(file: Array(file.utf8)) }
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test func aFileComesBesideOtherKeysButHasSomeOfItsOwn() throws {
        var base = KeyRing()
        try base.add(Array("the-first-key".utf8), of: Principal(name: "server", role: .admin))
        let ring = try base.adding(file: Array("a another-key".utf8))
        #expect(ring.count == 2 && Self.holder(of: "the-first-key", in: ring)?.role == .admin)
        #expect(throws: KeyFileError("this key is there twice", line: 1)) {
            try base.adding(file: Array("a the-first-key".utf8))
        }
        #expect(throws: KeyFileError("it holds no keys")) { try base.adding(file: []) }
    }

    @Test func whatHasNoKeysFormHasNoDigest() {
        for text in [
            "", "1234567", String(repeating: "a", count: 513), "with a blank", "tab\there!", "zero\0byte", "caffè-key",
        ] {
            #expect(Self.digest(text) == nil)
        }
        #expect(Self.digest("12345678") != nil && Self.digest(String(repeating: "~", count: 512)) != nil)
    }
}
