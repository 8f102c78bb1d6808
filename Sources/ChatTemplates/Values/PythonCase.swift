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

/// Python's questions about all characters of a string: `isdigit` and its like.
enum PythonClass {
    static func holds(_ method: Method, _ bytes: [UInt8]) -> Bool {
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
        switch method {
        case .isascii: return CodePoints.isASCII(bytes)
        case .isprintable: return scalars.allSatisfy(isPrintable)
        case .islower: return isCased(scalars, all: \.isLowercase, none: { $0.isUppercase || isTitlecase($0) })
        case .isupper: return isCased(scalars, all: \.isUppercase, none: { $0.isLowercase || isTitlecase($0) })
        case .istitle: return isTitle(scalars)
        case .isidentifier:
            guard let first = scalars.first, first == "_" || first.properties.isXIDStart else { return false }
            return scalars.allSatisfy { $0.properties.isXIDContinue }
        default: break
        }
        guard !scalars.isEmpty else { return false }
        return scalars.allSatisfy { scalar in
            switch method {
            case .isspace: PythonWhitespace.contains(scalar)
            case .isalpha: isLetter(scalar)
            case .isalnum: isLetter(scalar) || scalar.properties.numericType != nil
            case .isdecimal: scalar.properties.numericType == .decimal
            case .isdigit: scalar.properties.numericType == .decimal || scalar.properties.numericType == .digit
            case .isnumeric: scalar.properties.numericType != nil
            default: false
            }
        }
    }

    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    private static func isTitlecase(_ properties: Unicode.Scalar.Properties) -> Bool {
        properties.generalCategory == .titlecaseLetter
    }

    private static func isCased(
        _ scalars: String.UnicodeScalarView, all wanted: (Unicode.Scalar.Properties) -> Bool,
        none unwanted: (Unicode.Scalar.Properties) -> Bool
    ) -> Bool {
        !scalars.contains { unwanted($0.properties) } && scalars.contains { wanted($0.properties) }
    }

    private static func isTitle(_ scalars: String.UnicodeScalarView) -> Bool {
        var (isInside, found) = (false, false)
        for scalar in scalars {
            let properties = scalar.properties
            if properties.isUppercase || isTitlecase(properties) {
                if isInside { return false }
                (isInside, found) = (true, true)
            } else if properties.isLowercase {
                if !isInside { return false }
                found = true
            } else {
                isInside = false
            }
        }
        return found
    }
}
