import ChatTemplates
import JSONBytes
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files beside the tests, and what they hold.
enum Fixtures {
    /// The moment at which the oracle ran its templates: Saturday, 2026-07-04 09:05:03 and 42 microseconds.
    static let now = TemplateDate(secondsSince1970: 1_783_155_903, microsecond: 42)

    static func read(_ name: String) throws -> JSONObject {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let bytes = Array(try Data(contentsOf: folder.appending(path: "Fixtures/\(name)")))
        guard case .object(let object) = try JSONValue(parsing: bytes) else { throw MissingFixture() }
        return object
    }

    /// The folder of models' templates that setting the repository up unpacks.
    static let modelTemplates = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../.drover/llama-source/models/templates")

    static var hasModelTemplates: Bool { FileManager.default.fileExists(atPath: modelTemplates.path) }

    static func modelTemplate(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: modelTemplates.appending(path: file)))
    }

    /// The 64-bit hash FNV-1a, as hexadecimal digits.
    static func hash(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

struct MissingFixture: Error {}

extension JSONObject {
    func string(_ key: String) -> String? {
        if case .string(let string)? = self[key] { return string }
        return nil
    }

    func array(_ key: String) -> [JSONValue] {
        if case .array(let array)? = self[key] { return array }
        return []
    }

    func object(_ key: String) -> JSONObject {
        if case .object(let object)? = self[key] { return object }
        return JSONObject()
    }
}

extension JSONValue {
    var asObject: JSONObject {
        if case .object(let object) = self { return object }
        return JSONObject()
    }
}

/// How a rendering ended, in the oracle's words.
enum Outcome: Equatable {
    case text(String)
    case raised(String)
    case syntax
    case runtime

    init(_ source: String, _ context: TemplateContext) {
        do {
            self = .text(try ChatTemplate(source: source).render(context).text)
        } catch {
            switch error.kind {
            case .syntax: self = .syntax
            case .raised: self = .raised(error.message)
            case .runtime, .limitExceeded: self = .runtime
            }
        }
    }
}
