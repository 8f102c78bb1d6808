extension Renderer {
    private static let sort = Signature("reverse", "case_sensitive", "attribute")
    private static let unique = Signature("case_sensitive", "attribute")
    private static let dictsort = Signature("case_sensitive", "by", "reverse")
    private static let groupby = Signature("attribute", "default", "case_sensitive", required: 1)

    mutating func applyOrderFilter(
        _ filter: Filter, to value: Value, _ arguments: CallArguments
    ) throws(TemplateError) -> Value {
        switch filter {
        case .sort: return try sort(value, bind(arguments, Renderer.sort, of: "sort"))
        case .unique: return try unique(value, bind(arguments, Renderer.unique, of: "unique"))
        case .dictsort: return try sortPairs(of: value, bind(arguments, Renderer.dictsort, of: "dictsort"))
        default: return try group(value, bind(arguments, Renderer.groupby, of: "groupby"))
        }
    }

    /// The lower case of a string unless case matters; other values stay.
    func caseKey(_ value: Value, isCaseSensitive: Bool) throws(TemplateError) -> Value {
        guard !isCaseSensitive, case .string(let text) = value else { return value }
        return .string(text.replacingBytes(PythonCase.lower(text.bytes)))
    }

    private mutating func sort(_ value: Value, _ bound: BoundArguments) throws(TemplateError) -> Value {
        let isCaseSensitive = bound[1]?.isTrue ?? false
        var paths: [[Value]] = []
        if case .string(let attributes)? = bound[2] {
            for attribute in attributes.split(by: [UInt8(ascii: ",")], limit: .max, fromEnd: false) {
                paths.append(try attributePath(.string(attribute)) ?? [])
            }
        } else {
            paths.append(try attributePath(bound[2]) ?? [])
        }
        var keyed: [(key: Value, value: Value)] = []
        for item in try items(of: value) {
            var key: [Value] = []
            for path in paths {
                let value = try follow(path, from: item)
                key.append(try caseKey(value, isCaseSensitive: isCaseSensitive))
            }
            keyed.append((.list(Elements(key)), item))
        }
        return try list(sorted(keyed, isReverse: bound[0]?.isTrue ?? false))
    }

    private mutating func sortPairs(of value: Value, _ bound: BoundArguments) throws(TemplateError) -> Value {
        guard case .dictionary(let mapping) = value else {
            try requireDefined(value)
            throw fail("'\(value.typeName)' object has no attribute 'items'")
        }
        let by = try string(bound[1], default: Text("key", .template)).string
        guard by == "key" || by == "value" else { throw fail("You can only sort by either \"key\" or \"value\"") }
        let isCaseSensitive = bound[0]?.isTrue ?? false
        var keyed: [(key: Value, value: Value)] = []
        for (key, value) in zip(mapping.keys, mapping.values) {
            let sortKey = try caseKey(by == "key" ? key : value, isCaseSensitive: isCaseSensitive)
            keyed.append((sortKey, try tuple([key, value])))
        }
        return try list(sorted(keyed, isReverse: bound[2]?.isTrue ?? false))
    }

    /// Sorts stably, as Python does: with `isReverse`, equal elements still keep their order.
    mutating func sorted(
        _ keyed: [(key: Value, value: Value)], isReverse: Bool
    ) throws(TemplateError) -> [Value] {
        try charge(keyed.count * (keyed.count.bitWidth - keyed.count.leadingZeroBitCount))
        var failure: TemplateError?
        func precedes(_ left: Value, _ right: Value) -> Bool {
            do throws(TemplateError) {
                return try self.precedes(left, right)
            } catch {
                failure = failure ?? error
                return false
            }
        }
        // The standard library's sort is stable.
        let sorted = keyed.sorted { isReverse ? precedes($1.key, $0.key) : precedes($0.key, $1.key) }
        if let failure { throw failure }
        return sorted.map(\.value)
    }

    private mutating func unique(_ value: Value, _ bound: BoundArguments) throws(TemplateError) -> Value {
        let path = try attributePath(bound[1]) ?? []
        var seen: Set<HashKey> = []
        var results: [Value] = []
        for item in try items(of: value) {
            let value = try follow(path, from: item)
            let key = try caseKey(value, isCaseSensitive: bound[0]?.isTrue ?? false)
            if seen.insert(try hashKey(key)).inserted { results.append(item) }
        }
        return try iterator(results)
    }

    private mutating func group(_ value: Value, _ bound: BoundArguments) throws(TemplateError) -> Value {
        let path = try attributePath(bound[0]) ?? []
        let fallback = bound[1].flatMap { isNone($0) ? nil : $0 }
        let isCaseSensitive = bound[2]?.isTrue ?? false
        var keyed: [(key: Value, value: Value)] = []
        for item in try items(of: value) {
            let key = try follow(path, from: item, default: fallback)
            keyed.append((try caseKey(key, isCaseSensitive: isCaseSensitive), item))
        }
        var groups: [(key: Value, name: Value, items: [Value])] = []
        for item in try sorted(keyed, isReverse: false) {
            let name = try follow(path, from: item, default: fallback)
            let key = try caseKey(name, isCaseSensitive: isCaseSensitive)
            if let last = groups.last, try equal(last.key, key) {
                groups[groups.count - 1].items.append(item)
            } else {
                groups.append((key, name, [item]))
            }
        }
        var results: [Value] = []
        for group in groups {
            results.append(.tuple(Elements([group.name, try list(group.items)], isGroup: true)))
        }
        return try list(results)
    }
}
