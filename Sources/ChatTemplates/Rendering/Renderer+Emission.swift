extension Renderer {
    /// Writes the value of an expression; strings go into the output piece by piece, without being made first.
    mutating func emit(_ expression: ExpressionID) throws(TemplateError) {
        if let value = try emitText(expression) { try write(value) }
    }

    /// Writes the output of a `call` block's call, which passes the block on as `caller`.
    mutating func emitCall(_ expression: ExpressionID, caller: Value) throws(TemplateError) {
        guard case .call(let callee, let list) = program.expressions[Int(expression)] else { return }
        if let value = try emitCall(of: callee, list, caller: caller) { try write(value) }
    }

    /// Writes the value of an expression if it is a string without markup, and returns it if it is anything else.
    private mutating func emitText(_ expression: ExpressionID) throws(TemplateError) -> Value? {
        let node = program.expressions[Int(expression)]
        switch node {
        case .arithmetic(.add, _, _), .sum, .concatenation, .conditional, .filter(_, .tojson, _), .call: break
        default:
            guard let place = try locate(expression, .left) else { return try writeText(evaluate(expression)) }
            guard case .string(let text) = place.pointee, !text.isMarkup else { return place.pointee }
            try write(text)
            return nil
        }
        try charge(1)
        try descend()
        defer { ascend() }
        switch node {
        case .arithmetic(_, let left, let right): return try emitSum(left, right)
        case .sum(let place): return try emitSum(place)
        case .concatenation(let place):
            for part in program.lists[Int(place)] { try emit(part) }
            return nil
        case .conditional(let test, let then, let otherwise):
            if try isTrue(test) { return try emitText(then) }
            return otherwise < 0 ? .undefined(Undefined(.conditional)) : try emitText(otherwise)
        case .filter(let value, _, let list):
            try emitJSON(evaluate(value), evaluateArguments(list))
            return nil
        case .call(let callee, let list): return try emitCall(of: callee, list, caller: nil)
        default: return nil
        }
    }

    private mutating func writeText(_ value: Value) throws(TemplateError) -> Value? {
        guard case .string(let text) = value, !text.isMarkup else { return value }
        try write(text)
        return nil
    }

    private mutating func emitSum(_ left: ExpressionID, _ right: ExpressionID) throws(TemplateError) -> Value? {
        let start = output.bytes.count
        if let value = try emitText(left) { return try calculate(.add, value, evaluate(right)) }
        guard let value = try emitText(right) else { return nil }
        return try calculate(.add, .string(output.cut(from: start)), value)
    }

    private mutating func emitSum(_ place: Int32) throws(TemplateError) -> Value? {
        let start = output.bytes.count
        var sum: Value?
        var isFirst = true
        for operand in program.lists[Int(place)] {
            if let left = sum {
                sum = try calculate(.add, left, evaluate(operand))
            } else if let value = try emitText(operand) {
                sum = isFirst ? value : try calculate(.add, .string(output.cut(from: start)), value)
            }
            isFirst = false
        }
        return sum
    }

    /// The value of a sum; strings are joined without making those in between.
    mutating func evaluateSum(_ place: Int32) throws(TemplateError) -> Value {
        var sum: Value?
        let text = try capture { (renderer) throws(TemplateError) in sum = try renderer.emitSum(place) }
        return sum ?? .string(text)
    }

    private mutating func emitCall(
        of callee: ExpressionID, _ list: Int32, caller: Value?
    ) throws(TemplateError) -> Value? {
        if case .variable(let variable) = program.expressions[Int(callee)] {
            switch load(variable) {
            case .macro(let place):
                try charge(1)
                try runMacro(place, evaluateArguments(list, caller: caller))
                return nil
            case .loop(let place):
                try charge(1)
                try runLoop(again: place, evaluateArguments(list, caller: caller))
                return nil
            default: break
            }
        }
        return try writeText(evaluateCall(of: callee, list, caller: caller))
    }

    /// Writes what Transformers' filter `tojson` gives.
    private mutating func emitJSON(_ value: Value, _ arguments: CallArguments) throws(TemplateError) {
        try charge(1)
        let start = output.bytes.count
        var bytes = output.takeBytes()
        try appendJSON(value, arguments, to: &bytes)
        try charge((bytes.count - start) >> 5)
        output.giveBack(bytes)
    }

    /// Does something that writes, and returns what it wrote.
    mutating func capture(_ body: (inout Renderer) throws(TemplateError) -> Void) throws(TemplateError) -> Text {
        let outer = output
        output = TextBuilder()
        try body(&self)
        let text = output.finish()
        output = outer
        return text
    }
}
