/// Python's changes of case, over UTF-8.
enum PythonCase {
    static func upper(_ bytes: [UInt8]) -> [UInt8] {
        if CodePoints.isASCII(bytes) { return bytes.map { (0x61...0x7A).contains($0) ? $0 - 32 : $0 } }
        return map(bytes) { scalar, _ in scalar.properties.uppercaseMapping }
    }

    static func lower(_ bytes: [UInt8]) -> [UInt8] {
        if CodePoints.isASCII(bytes) { return bytes.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 } }
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        return map(bytes) { scalar, at in lower(scalar, at: at, in: scalars) }
    }

    /// Caseless form: the lower case, with the ß and its like written out.
    static func fold(_ bytes: [UInt8]) -> [UInt8] {
        map(bytes) { scalar, _ in
            let upper = scalar.properties.uppercaseMapping
            let source = upper.unicodeScalars.count > 1 ? upper : String(scalar)
            return source.unicodeScalars.map { $0 == "ς" ? "σ" : $0.properties.lowercaseMapping }.joined()
        }
    }

    static func swap(_ bytes: [UInt8]) -> [UInt8] {
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        return map(bytes) { scalar, at in
            if scalar.properties.isUppercase { return lower(scalar, at: at, in: scalars) }
            return scalar.properties.isLowercase ? scalar.properties.uppercaseMapping : String(scalar)
        }
    }

    static func capitalize(_ bytes: [UInt8]) -> [UInt8] {
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        return map(bytes) { scalar, at in
            at == 0 ? scalar.properties.titlecaseMapping : lower(scalar, at: at, in: scalars)
        }
    }

    static func title(_ bytes: [UInt8]) -> [UInt8] {
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        var isInside = false
        return map(bytes) { scalar, at in
            defer { isInside = scalar.properties.isCased }
            return isInside ? lower(scalar, at: at, in: scalars) : scalar.properties.titlecaseMapping
        }
    }

    private static func map(_ bytes: [UInt8], _ change: (Unicode.Scalar, Int) -> String) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var (at, index) = (0, 0)
        while at < bytes.count {
            let (scalar, length) = CodePoints.decode(bytes, at: at)
            result.append(contentsOf: change(scalar, index).utf8)
            at += length
            index += 1
        }
        return result
    }

    /// The lower case; a capital sigma at the end of a word has a form of its own.
    private static func lower(_ scalar: Unicode.Scalar, at position: Int, in scalars: [Unicode.Scalar]) -> String {
        guard scalar == "Σ" else { return scalar.properties.lowercaseMapping }
        let before = scalars[..<position].last { !$0.properties.isCaseIgnorable }
        let after = scalars[(position + 1)...].first { !$0.properties.isCaseIgnorable }
        let isFinal = (before?.properties.isCased ?? false) && !(after?.properties.isCased ?? false)
        return isFinal ? "ς" : "σ"
    }
}
