/// The text that names a call, up to where its arguments begin.
struct HeaderSyntax: Sendable {
    /// What the text holds apart from the name.
    enum Parts: Sendable {
        case name
        /// Fixed text, then the name.
        case prefixed(Marker)
        /// `functions.NAME:INDEX`, the whole of it being the call's id.
        case numberedFunction
        /// The name, and if the mark follows, an id.
        case nameThenID(Marker)
        /// An id, the mark, the name.
        case idThenName(Marker)
        /// The name, and if the mark follows, something that doesn't matter.
        case nameThenRest(Marker)
    }

    /// What ends the header, whichever comes first.
    var ends: [Marker]
    /// Whether what ends the header already belongs to the arguments.
    var endBelongsToArguments = false
    var parts = Parts.name

    /// The call's name and id, or nil if the text is not the header of a call.
    func read(_ text: [UInt8]) -> (name: [UInt8], id: [UInt8]?)? {
        var name = text.trimmed
        var id: [UInt8]?
        switch parts {
        case .name: break
        case .prefixed(let prefix):
            guard name.starts(with: prefix.bytes) else { return nil }
            name = Array(name.dropFirst(prefix.bytes.count)).trimmed
        case .numberedFunction:
            id = Array(name)
            if name.starts(with: "functions.".utf8) { name = name.dropFirst("functions.".utf8.count) }
            if let colon = name.lastIndex(of: UInt8(ascii: ":")) { name = name[..<colon] }
        case .nameThenID(let mark):
            if let (before, after) = text.split(at: mark) { (name, id) = (before.trimmed, Array(after.trimmed)) }
        case .idThenName(let mark):
            if let (before, after) = text.split(at: mark) { (id, name) = (Array(before.trimmed), after.trimmed) }
        case .nameThenRest(let mark):
            if let (before, _) = text.split(at: mark) { name = before.trimmed }
        }
        return name.isToolName ? (Array(name), id) : nil
    }
}

extension ArraySlice<UInt8> {
    /// Whether the text can name a tool: letters, digits and the few signs that names of tools are made of.
    var isToolName: Bool {
        !isEmpty
            && allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...0xFF:
                    true
                default: "_-.:/$@".utf8.contains(byte)
                }
            }
    }

    var trimmed: ArraySlice<UInt8> {
        let rest = drop(while: \.isJSONSpace)
        return rest[..<(rest.lastIndex { !$0.isJSONSpace }.map { $0 + 1 } ?? rest.startIndex)]
    }
}

extension [UInt8] {
    var trimmed: ArraySlice<UInt8> { self[...].trimmed }

    /// The text before and after the first occurrence of a marker.
    func split(at marker: Marker) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
        let found = indices.first { self[$0] == marker.bytes[0] && self[$0...].starts(with: marker.bytes) }
        return found.map { (self[..<$0], self[($0 + marker.bytes.count)...]) }
    }
}

extension UInt8 {
    var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
