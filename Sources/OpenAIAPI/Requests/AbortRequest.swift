import JSONBytes

/// A request to end others that are under way.
package struct AbortRequest: Sendable, Equatable {
    /// At least one, none twice: the `id`s of their responses.
    package let names: [String]

    /// Decodes a body. O(bytes). Throws a 400 that names the first field at fault.
    package static func decode(
        _ body: [UInt8], limits: RequestLimits = RequestLimits()
    ) throws(APIError) -> AbortRequest {
        let fields = try FieldReader(parsing: body, of: .abort, limits: limits)
        var names: [String] = []
        let given = ["request_id", "request_ids", "rid"].filter { fields.value($0) != nil }
        guard let field = given.first, let value = fields.value(field) else { throw .missing("request_id") }
        if given.count > 1 { throw .invalid(given[1], "it cannot be given together with '\(field)'") }
        switch (field, value) {
        case ("request_ids", .array(let elements)), ("rid", .array(let elements)):
            guard (1...limits.abortedRequests).contains(elements.count) else {
                throw .wrongValue(field, expected: "1 to \(limits.abortedRequests) names", got: "\(elements.count)")
            }
            var seen: Set<String> = []
            for (index, element) in elements.enumerated() {
                let name = try name(element, param: "\(field)[\(index)]", limits: limits)
                if seen.insert(name).inserted { names.append(name) }
            }
        case ("request_ids", _): throw .wrongType(field, expected: "an array of strings", got: value)
        default: names = [try name(value, param: field, limits: limits)]
        }
        return AbortRequest(names: names)
    }

    private static func name(
        _ value: JSONValue, param: String, limits: RequestLimits
    ) throws(APIError) -> String {
        guard case .string(let name) = value else { throw .wrongType(param, expected: "a string", got: value) }
        guard (1...limits.requestNameBytes).contains(name.utf8.count) else {
            throw .wrongValue(
                param, expected: "a string of 1 to \(limits.requestNameBytes) bytes", got: "\(name.utf8.count) bytes")
        }
        return name
    }
}
