import JSONBytes
package import ServingModel

/// A request that workers do something beside their requests.
package struct OrderRequest: Sendable, Equatable {
    /// What is ordered; each has an endpoint of its own.
    package enum Kind: Sendable { case flushCache, startProfile, stopProfile }

    package let order: WorkerOrder
    /// Nil means the workers of all models.
    package let model: ModelID?
    /// Nil means all workers.
    package let worker: WorkerID?

    /// Decodes a body; an empty one asks for nothing special. O(bytes). Throws a 400 that names the first field at fault.
    package static func decode(
        _ body: [UInt8], of kind: Kind, limits: RequestLimits = RequestLimits()
    ) throws(APIError) -> OrderRequest {
        let fields = try FieldReader(parsing: body.isEmpty ? Array("{}".utf8) : body, of: kind.endpoint, limits: limits)
        let order: WorkerOrder
        switch kind {
        case .flushCache:
            let seconds = try fields.number("timeout", in: .from(0, to: Float(limits.orderSeconds)))
            order = .flushCache(waitSeconds: Double(seconds ?? 0))
        case .startProfile: order = .startProfile(try profile(fields, limits))
        case .stopProfile: order = .stopProfile
        }
        return OrderRequest(
            order: order, model: try fields.nonEmptyString("model").map(ModelID.init),
            worker: try fields.nonEmptyString("worker").map(WorkerID.init))
    }

    private static func profile(_ fields: FieldReader, _ limits: RequestLimits) throws(APIError) -> ProfileOptions {
        var options = ProfileOptions()
        options.outputDirectory = try fields.nonEmptyString("output_dir")
        options.startStep = try fields.integer("start_step", in: 0...Int(Int32.max))
        options.stepCount = try fields.integer("num_steps", in: 1...Int(Int32.max))
        let activities = try fields.array("activities") ?? []
        guard activities.count <= limits.profiledActivities else {
            throw .wrongValue(
                "activities", expected: "at most \(limits.profiledActivities) names", got: "\(activities.count)")
        }
        for (index, value) in activities.enumerated() {
            guard case .string(let name) = value else {
                throw .wrongType("activities[\(index)]", expected: "a string", got: value)
            }
            options.activities.append(name)
        }
        options.withStack = try fields.bool("with_stack")
        options.recordShapes = try fields.bool("record_shapes")
        options.profilesByStage = try fields.bool("profile_by_stage") ?? false
        return options
    }
}

extension OrderRequest.Kind {
    fileprivate var endpoint: FieldTable.Endpoint {
        switch self {
        case .flushCache: .flushCache
        case .startProfile: .startProfile
        case .stopProfile: .stopProfile
        }
    }
}
