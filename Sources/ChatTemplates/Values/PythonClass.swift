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
