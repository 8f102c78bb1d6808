/// The members of the JSON object that is a call.
struct ObjectSyntax: Sendable {
    /// What a member of the object holds.
    enum Role: Sendable { case name, arguments, id, function, other }

    var name = "name"
    var arguments = ["arguments", "parameters"]
    var id: String?
    /// Whether the object's one member is named like the tool and holds the arguments.
    var isKeyedByName = false

    /// What the member with this key holds; `function` is OpenAI's own wrapping of name and arguments.
    func role(of key: [UInt8]) -> Role {
        if key.elementsEqual(name.utf8) { return .name }
        if arguments.contains(where: { key.elementsEqual($0.utf8) }) { return .arguments }
        if let id, key.elementsEqual(id.utf8) { return .id }
        return key.elementsEqual("function".utf8) ? .function : .other
    }
}
