import JSONBytes

/// Several requests in one body: `{"batch":[…]}`, and nothing beside it.
package enum BatchedRequest {
    /// The bodies of a batch's requests; nil if the body is none, or is no JSON, which the decoder of the one request
    /// will tell. O(bytes) for a batch.
    ///
    /// Throws a 400 for a batch that is no array of at most `limits.batch` values, or that has other members.
    package static func parts(
        of body: [UInt8], limits: RequestLimits = RequestLimits()
    ) throws(APIError) -> [[UInt8]]? {
        let shape: Shape
        do throws(JSONError) {
            shape = try self.shape(of: body, limits: limits)
        } catch {
            throw .invalidJSON(error)
        }
        switch shape {
        case .noBatch: return nil
        case .parts(let parts): return parts
        case .noArray(let value): throw .wrongType("batch", expected: "an array of requests", got: value)
        case .tooMany: throw .invalid("batch", "it has more than \(limits.batch) requests")
        case .otherMember(let name): throw .invalid(name, "nothing may stand beside 'batch'")
        }
    }

    private enum Shape {
        case noBatch
        case parts([[UInt8]])
        case noArray(JSONValue)
        case tooMany
        case otherMember(String)
    }

    private static func shape(of body: [UInt8], limits: RequestLimits) throws(JSONError) -> Shape {
        var reader = JSONReader(body, depthLimit: limits.nestingDepth)
        guard reader.peek() == UInt8(ascii: "{") else { return .noBatch }
        var object = try reader.enterObject()
        guard try reader.nextKey(&object) == "batch" else { return .noBatch }
        guard reader.peek() == UInt8(ascii: "[") else { return .noArray(try reader.readValue()) }
        var parts: [[UInt8]] = []
        var array = try reader.enterArray()
        while try reader.nextElement(&array) {
            if parts.count == limits.batch { return .tooMany }
            parts.append(Array(try reader.readRawValue()))
        }
        if let name = try reader.nextKey(&object) { return .otherMember(name) }
        try reader.finish()
        return .parts(parts)
    }
}
