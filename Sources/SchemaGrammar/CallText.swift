package import JSONBytes
package import ServingModel

/// Writes calls in a model's notation, as the model is expected to.
package struct CallText {
    private let frame: CallConstraint.Frame

    package init(_ frame: CallConstraint.Frame) {
        self.frame = frame
    }

    /// The text of calls one after the other.
    package func text(of calls: [(name: String, arguments: JSONObject)]) -> String {
        let texts = calls.enumerated().map { index, call in
            frame.beforeName + (frame.afterID.map { "call_\(index)" + $0 } ?? "") + call.name
                + (frame.betweenNames.map { $0 + call.name } ?? "") + (frame.beforeNumber.map { $0 + "\(index)" } ?? "")
                + frame.beforeArguments + text(of: call.arguments) + frame.afterArguments
        }
        return frame.opening + texts.joined(separator: frame.between) + frame.closing
    }

    private func text(of arguments: JSONObject) -> String {
        var spelling = ValueSpelling(of: frame.arguments)
        switch frame.arguments {
        case .json:
            spelling.separators = (", ", ": ")
            return spelling.text(of: .object(arguments)) ?? ""
        case .gemma: return spelling.text(of: .object(arguments)) ?? ""
        case .python:
            return arguments.map { name, value in "\(name)=\(spelling.text(of: value) ?? "")" }.joined(separator: ", ")
        case .tagged(let tagged):
            return arguments.map { name, value in
                tagged.beforeKey + name + tagged.afterKey + text(of: value, spelling, tagged) + tagged.afterArgument
            }.joined()
        }
    }

    private func text(of value: JSONValue, _ spelling: ValueSpelling, _ tagged: TaggedArguments) -> String {
        let before = tagged.noteText(for: value) + tagged.beforeValue
        if case .string(let string) = value {
            let plain = ValueSpelling.text(in: tagged).lazy.compactMap { $0.strings.text(of: string) }.first
            if let plain { return before + plain }
        }
        return before + (spelling.text(of: value) ?? "") + tagged.afterValue
    }
}

extension TaggedArguments {
    fileprivate func noteText(for value: JSONValue) -> String {
        switch (note, value) {
        case (.none, _): ""
        case (.isString, .string): "true"
        case (.isString, _): "false"
        case (.name, .string): "string"
        case (.name, .null): "null"
        case (.name, .bool): "boolean"
        case (.name, .integer), (.name, .largeInteger), (.name, .double): "number"
        case (.name, .array): "array"
        case (.name, .object): "object"
        }
    }
}
