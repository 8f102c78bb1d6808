import JSONBytes
import ServingModel

/// The members of one object of a request, after `FieldTable` has had its say: members that are null or ignored are
/// gone, and an object with members that are unknown, or refused by the server or by the engine that the request is
/// for, does not come into being.
///
/// Every verb returns nil if the member is absent, and throws an error that names its path if it is not as asked.
struct FieldReader {
    /// The object's place in the request.
    struct Path {
        /// What the names of members are appended to in errors, such as `messages[3].`.
        var shown = ""
        /// The same in the words of the table: `messages[].`.
        var tabled = ""

        func member(_ name: String) -> Path {
            Path(shown: shown + name + ".", tabled: tabled + name + ".")
        }

        func element(_ name: String, at index: Int) -> Path {
            Path(shown: "\(shown)\(name)[\(index)].", tabled: tabled + name + "[].")
        }
    }

    let endpoint: FieldTable.Endpoint
    let engine: EngineKind
    let path: Path
    private var members = JSONObject()

    /// Reads a request's whole body.
    init(
        parsing body: [UInt8], of endpoint: FieldTable.Endpoint, for engine: EngineKind = .embedded,
        limits: RequestLimits
    ) throws(APIError) {
        let value: JSONValue
        do throws(JSONError) {
            var reader = JSONReader(body, depthLimit: limits.nestingDepth)
            value = try reader.readValue()
            try reader.finish()
        } catch {
            throw .invalidJSON(error)
        }
        guard case .object(let object) = value else {
            throw APIError(
                status: 400, code: "invalid_type",
                message: "The body of the request must be a JSON object, but is \(value.typeName).")
        }
        try self.init(object, at: Path(), of: endpoint, for: engine)
    }

    init(
        _ object: JSONObject, at path: Path, of endpoint: FieldTable.Endpoint, for engine: EngineKind
    ) throws(APIError) {
        self.endpoint = endpoint
        self.engine = engine
        self.path = path
        for (name, value) in object {
            let param = path.shown + name
            guard let field = FieldTable.field(path.tabled + name, at: endpoint) else { throw .unknown(param) }
            switch field.treatment {
            case .honoured:
                if value != .null, try field.takes(value, for: engine, param: param) { members[name] = value }
            case .ignored: break
            case .refused(let reason, let allowed):
                if value == .null || allowed.contains(value) { break }
                if allowed.isEmpty { throw .unsupported(param, because: reason) }
                let list = allowed.map(\.text).joined(separator: " or ")
                throw .unsupportedValue(param, only: list, because: reason)
            }
        }
    }

    /// The path of a member, as errors give it.
    func param(_ name: String) -> String { path.shown + name }

    func value(_ name: String) -> JSONValue? { members[name] }

    /// The members as they came.
    var object: JSONObject { members }

    func bool(_ name: String) throws(APIError) -> Bool? {
        guard let value = members[name] else { return nil }
        guard case .bool(let bool) = value else {
            throw .wrongType(param(name), expected: "a boolean", got: value)
        }
        return bool
    }

    func string(_ name: String) throws(APIError) -> String? {
        guard let value = members[name] else { return nil }
        guard case .string(let string) = value else {
            throw .wrongType(param(name), expected: "a string", got: value)
        }
        return string
    }

    func nonEmptyString(_ name: String) throws(APIError) -> String? {
        let string = try string(name)
        if string?.isEmpty == true {
            throw .wrongValue(param(name), expected: "a string that is not empty", got: "an empty string")
        }
        return string
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let value = members[name] else { return nil }
        return try Self.integer(value, param: param(name), in: range)
    }

    func number(_ name: String, in bounds: NumberBounds) throws(APIError) -> Float? {
        guard let value = members[name] else { return nil }
        return try Self.number(value, param: param(name), in: bounds)
    }

    func array(_ name: String) throws(APIError) -> [JSONValue]? {
        guard let value = members[name] else { return nil }
        guard case .array(let elements) = value else {
            throw .wrongType(param(name), expected: "an array", got: value)
        }
        return elements
    }

    /// A member that is an object with names of its own choosing.
    func freeObject(_ name: String) throws(APIError) -> JSONObject? {
        guard let value = members[name] else { return nil }
        guard case .object(let object) = value else {
            throw .wrongType(param(name), expected: "an object", got: value)
        }
        return object
    }

    /// A member that is an object whose members the table lists.
    func object(_ name: String) throws(APIError) -> FieldReader? {
        guard let object = try freeObject(name) else { return nil }
        return try FieldReader(object, at: path.member(name), of: endpoint, for: engine)
    }

    /// An element of an array whose objects' members the table lists.
    func element(_ value: JSONValue, of name: String, at index: Int) throws(APIError) -> FieldReader {
        guard case .object(let object) = value else {
            throw .wrongType("\(param(name))[\(index)]", expected: "an object", got: value)
        }
        return try FieldReader(object, at: path.element(name, at: index), of: endpoint, for: engine)
    }
}
